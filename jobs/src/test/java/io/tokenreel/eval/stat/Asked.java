package io.tokenreel.eval.stat;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.sql.LocalSpark;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A scored question of a test; its fields are the columns of {@link Scores}. */
record Asked(
    Cell cell,
    String task,
    String docId,
    String cluster,
    Map<String, String> groups,
    Double score) {

  static final String VERSION = "lmms-eval-0.3.4";
  static final Cell BASELINE = new Cell("m@1", "uniform:frames=8", "none", "full");
  static final Cell COMPRESSED =
      new Cell("m@1", "uniform:frames=8", "vidcom2:retention=0.25", "full");
  static final Cell PRUNED = new Cell("m@1", "uniform:frames=8", "none", "dycoke");

  private static final StructType SCHEMA =
      Scores.COLUMNS.stream()
          .reduce(
              new StructType(),
              (schema, name) ->
                  switch (name) {
                    case "groups" ->
                        schema.add(
                            name,
                            DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType));
                    case "score" -> schema.add(name, DataTypes.DoubleType);
                    default -> schema.add(name, DataTypes.StringType);
                  },
              (one, other) -> one);

  /** A task of these questions. */
  static ScoredTask task(String name) {
    return new ScoredTask(name, VERSION);
  }

  /** A question of a task without groups. */
  static Asked of(Cell cell, String docId, String cluster, double score) {
    return new Asked(cell, "plain", docId, cluster, Map.of(), score);
  }

  ScoreKey key(String group) {
    return new ScoreKey(cell, task, VERSION, group);
  }

  private Row row() {
    return RowFactory.create(
        cell.model(),
        cell.sampling(),
        cell.compression(),
        cell.kv(),
        task,
        VERSION,
        docId,
        cluster,
        groups == null ? null : new HashMap<>(groups),
        score);
  }

  /** A table of questions, in several partitions. */
  static Dataset<Row> table(List<Asked> questions) {
    return LocalSpark.plain()
        .createDataFrame(questions.stream().map(Asked::row).toList(), SCHEMA)
        .repartition(3);
  }
}

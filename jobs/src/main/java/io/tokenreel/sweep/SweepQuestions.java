package io.tokenreel.sweep;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.CellQuestions;
import io.tokenreel.eval.result.CellQuestions.Shown;
import io.tokenreel.eval.stat.ScoreKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.lang3.StringUtils;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** Some of the questions behind each score, for the report: all of them are in {@code samples/}. */
final class SweepQuestions {

  private static final int MOST = 10; // of a list
  private static final int MOST_CHARACTERS = 300; // prompts may hold the subtitles of hours
  private static final double RIGHT = 0.5;
  private static final String[] OF_QUESTION = {"task", "version", "model", "sampling", "doc_id"};
  private static final String LOST = "lost";
  private static final String GAINED = "gained";
  private static final String WRONG = "wrong";
  private static final String RIGHT_TOO = "right"; // not shown, but its cell has questions

  private SweepQuestions() {}

  private record Key(Cell cell, String task, String version) {}

  /**
   * Of every cell and benchmark that has one with a score.
   *
   * @param samples rows of {@code samples/}
   */
  static List<CellQuestions> of(Dataset<Row> samples) {
    Cell all = new Cell("", "", "", "").baseline();
    Column isBaseline =
        col("compression").equalTo(all.compression()).and(col("kv").equalTo(all.kv()));
    Dataset<Row> scored =
        samples
            .filter(col("score").isNotNull().and(not(col("left_out"))))
            .withColumn("right", col("score").gt(RIGHT));
    Dataset<Row> baseline =
        scored
            .filter(isBaseline)
            .select(
                col("task"),
                col("version"),
                col("model"),
                col("sampling"),
                col("doc_id"),
                col("right").as("baseline_right"));
    Column lost = not(col("right")).and(isBaseline.or(col("baseline_right")));
    Column gained = col("right").and(not(col("baseline_right")));
    List<Row> rows =
        scored
            .join(baseline, OF_QUESTION, "left_outer")
            .withColumn(
                "kind",
                when(lost, LOST)
                    .when(gained, GAINED)
                    .when(not(col("right")), WRONG)
                    .otherwise(RIGHT_TOO))
            .withColumn(
                "place",
                row_number()
                    .over(
                        Window.partitionBy(
                                "task", "version", "model", "sampling", "compression", "kv", "kind")
                            .orderBy("doc_id")))
            .filter(col("place").leq(when(col("kind").equalTo(RIGHT_TOO), 1).otherwise(MOST)))
            .orderBy("task", "version", "model", "sampling", "compression", "kv", "doc_id")
            .collectAsList();
    Map<Key, List<Row>> byCell = new LinkedHashMap<>();
    for (Row row : rows) {
      Key key = new Key(ScoreKey.cell(row), row.getAs("task"), row.getAs("version"));
      byCell.computeIfAbsent(key, added -> new ArrayList<>()).add(row);
    }
    List<CellQuestions> questions = new ArrayList<>();
    byCell.forEach(
        (key, own) ->
            questions.add(
                new CellQuestions(
                    key.cell,
                    key.task,
                    key.version,
                    shown(own, LOST),
                    shown(own, GAINED),
                    shown(own, WRONG))));
    return questions;
  }

  private static List<Shown> shown(List<Row> rows, String kind) {
    return rows.stream()
        .filter(row -> row.<String>getAs("kind").equals(kind))
        .map(
            row ->
                new Shown(
                    row.<Integer>getAs("doc_id"),
                    row.getAs("video_id"),
                    StringUtils.abbreviate(row.getAs("question"), MOST_CHARACTERS),
                    SweepExamples.gold(row),
                    StringUtils.abbreviate(row.getAs("response"), MOST_CHARACTERS)))
        .toList();
  }
}

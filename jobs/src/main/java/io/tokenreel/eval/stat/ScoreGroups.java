package io.tokenreel.eval.stat;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_entries;
import static org.apache.spark.sql.functions.map_filter;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;

import java.util.Map;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Which scores a question counts for, and in which part of each score's average. */
public final class ScoreGroups {

  private final Map<ScoredTask, Average> averages;

  ScoreGroups(Map<ScoredTask, Average> averages) {
    this.averages = averages;
  }

  /**
   * Every question once for its whole task, with the empty {@code group}, and once for each of its
   * {@code groups}, {@code dimension=value}; a dimension whose value is NULL gives none.
   */
  public static Dataset<Row> each(Dataset<Row> questions) {
    Column named = map_filter(col("groups"), (dimension, value) -> value.isNotNull());
    Column groups =
        transform(
            map_entries(named),
            entry -> concat(entry.getField("key"), lit("="), entry.getField("value")));
    return questions.withColumn("group", explode(concat(array(lit("")), groups)));
  }

  /**
   * {@link #each} with {@code stratum}, the part of the score's average that the question is in,
   * and {@code strata}, the number of parts. A group's average has one part.
   */
  Dataset<Row> of(Dataset<Row> questions) {
    Column whole = col("group").equalTo("");
    Column strata = byTask(average -> lit(average.strata().size()), lit(1));
    return each(questions)
        .withColumn("stratum", when(whole, stratum()).otherwise(""))
        .withColumn("strata", when(whole, strata).otherwise(1));
  }

  /** The part of its task's average that a question is in; NULL where it names none. */
  Column stratum() {
    return byTask(Average::stratum, lit(""));
  }

  private Column byTask(Function<Average, Column> ofAverage, Column micro) {
    Column column = micro;
    for (Map.Entry<ScoredTask, Average> task : averages.entrySet()) {
      if (!task.getValue().equals(Average.MICRO)) {
        column = when(task.getKey().matches(), ofAverage.apply(task.getValue())).otherwise(column);
      }
    }
    return column;
  }
}

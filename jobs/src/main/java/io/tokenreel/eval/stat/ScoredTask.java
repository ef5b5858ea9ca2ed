package io.tokenreel.eval.stat;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * A task in one version: each has an average of its own.
 *
 * @param task its name
 * @param version whose prompts, parser and metric it follows
 */
public record ScoredTask(String task, String version) {

  static ScoredTask of(Row row) {
    return new ScoredTask(row.getAs("task"), row.getAs("version"));
  }

  /** Which rows are of it. */
  Column matches() {
    return functions.col("task").equalTo(task).and(functions.col("version").equalTo(version));
  }

  @Override
  public String toString() {
    return task + " in " + version;
  }
}

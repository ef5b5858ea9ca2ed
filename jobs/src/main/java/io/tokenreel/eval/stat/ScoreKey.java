package io.tokenreel.eval.stat;

import static org.apache.spark.sql.functions.col;

import io.tokenreel.eval.result.Cell;
import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;

/**
 * What a score is of.
 *
 * @param task its name
 * @param version whose prompts, parser and metric it follows, such as {@code lmms-eval-0.3.4}
 * @param group one of the task's groups, {@code dimension=value}; empty for the whole task
 */
public record ScoreKey(Cell cell, String task, String version, String group) {

  /** Columns that say which cell and task a row is of. */
  static final Column[] OF_TASK =
      columns("model", "sampling", "compression", "kv", "task", "version");

  /** Columns of all components. */
  public static final Column[] OF_GROUP =
      columns("model", "sampling", "compression", "kv", "task", "version", "group");

  private static Column[] columns(String... names) {
    return Arrays.stream(names).map(name -> col(name)).toArray(Column[]::new);
  }

  /** Of a row with a column for each component. */
  public static ScoreKey of(Row row) {
    return new ScoreKey(cell(row), row.getAs("task"), row.getAs("version"), row.getAs("group"));
  }

  /** The cell of a row with a column for each of its components. */
  public static Cell cell(Row row) {
    return new Cell(
        row.getAs("model"), row.getAs("sampling"), row.getAs("compression"), row.getAs("kv"));
  }

  /** The same of the cell that this one's is set against. */
  public ScoreKey baseline() {
    return new ScoreKey(cell.baseline(), task, version, group);
  }
}

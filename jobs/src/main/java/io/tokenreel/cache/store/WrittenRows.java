package io.tokenreel.cache.store;

import io.tokenreel.cache.VideoContent;
import io.tokenreel.video.Outcome;
import java.io.Serializable;
import java.util.Objects;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;

/**
 * Counts a table's rows as a job writes them, so that they need not be read back. Spark adds what a
 * task counted once for each partition of the job that writes, whatever tasks it tries again; it
 * promises so for functions in a job's last stage.
 */
public final class WrittenRows implements Serializable {

  private static final long serialVersionUID = 1;

  private final LongAccumulator rows;
  private final LongAccumulator degraded;
  private final LongAccumulator failed;
  private final LongAccumulator fingerprint;

  /** Counts that are 0. */
  public WrittenRows(SparkContext context) {
    this.rows = context.longAccumulator();
    this.degraded = context.longAccumulator();
    this.failed = context.longAccumulator();
    this.fingerprint = context.longAccumulator();
  }

  /**
   * Counts each row that passes.
   *
   * @param schema of the rows, which have {@code video_id}, {@code content_sha256} and {@code
   *     outcome}
   */
  Function<Row, Row> counting(StructType schema) {
    int idColumn = schema.fieldIndex(VideoContent.ID);
    int contentColumn = schema.fieldIndex(VideoContent.SHA256);
    int outcomeColumn = schema.fieldIndex("outcome");
    return row -> {
      String outcome = row.getString(outcomeColumn);
      rows.add(1);
      if (Outcome.FAILED.name().equals(outcome)) {
        failed.add(1);
        return row;
      }
      if (Outcome.DEGRADED.name().equals(outcome)) {
        degraded.add(1);
      }
      fingerprint.add(Objects.hash(row.get(idColumn), row.get(contentColumn), outcome));
      return row;
    };
  }

  /** Rows that were written. */
  public long rows() {
    return rows.value();
  }

  /** Of these, DEGRADED ones. */
  public long degraded() {
    return degraded.value();
  }

  /** Of these, FAILED ones. */
  public long failed() {
    return failed.value();
  }

  /**
   * Whether the rows that are not FAILED are of the same videos, contents and outcomes as those of
   * another table, each so many times. Sums of hash codes are compared: what differs by accident is
   * seen.
   *
   * @param times rows that each row of the other table has here
   */
  public boolean hasContentsOf(WrittenRows other, int times) {
    return rows() - failed() == times * (other.rows() - other.failed())
        && degraded() == times * other.degraded()
        && fingerprint.value() == times * other.fingerprint.value();
  }
}

package io.tokenreel.cache.store;

import io.tokenreel.video.Outcome;
import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;

/**
 * Counts rows of {@code outcomes/} as a job writes them, so that they need not be read back. Spark
 * adds what a task counted once for each partition of the job that writes, whatever tasks it tries
 * again; it promises so for functions in a job's last stage.
 */
public final class OutcomeCounts implements Serializable {

  private static final long serialVersionUID = 1;

  private final LongAccumulator videos;
  private final LongAccumulator degraded;
  private final LongAccumulator failed;

  /** Counts that are 0. */
  public OutcomeCounts(SparkContext context) {
    this.videos = context.longAccumulator();
    this.degraded = context.longAccumulator();
    this.failed = context.longAccumulator();
  }

  /**
   * Counts each row that passes.
   *
   * @param outcomeColumn where {@code outcome} is in the rows
   */
  Function<Row, Row> counting(int outcomeColumn) {
    return row -> {
      videos.add(1);
      if (Outcome.DEGRADED.name().equals(row.getString(outcomeColumn))) {
        degraded.add(1);
      } else if (Outcome.FAILED.name().equals(row.getString(outcomeColumn))) {
        failed.add(1);
      }
      return row;
    };
  }

  /** Rows that were written. */
  public long videos() {
    return videos.value();
  }

  /** Of these, DEGRADED ones. */
  public long degraded() {
    return degraded.value();
  }

  /** Of these, FAILED ones. */
  public long failed() {
    return failed.value();
  }
}

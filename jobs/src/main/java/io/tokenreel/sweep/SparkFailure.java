package io.tokenreel.sweep;

import io.tokenreel.cache.commit.TablesDisagreeException;
import java.io.IOException;
import org.apache.spark.SparkException;

/** A Spark job that failed, or whose tables disagree, where the work around it goes on. */
final class SparkFailure {

  private SparkFailure() {}

  /** Work that runs Spark jobs. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException;
  }

  /**
   * Does the work.
   *
   * @return why Spark gave it up; null where it did not. Any other exception is thrown
   */
  static Exception of(Work work) throws IOException {
    try {
      work.run();
      return null;
    } catch (Exception e) {
      if (e instanceof SparkException
          || e instanceof TablesDisagreeException) { // Scala declares no exceptions
        return e;
      }
      throw e;
    }
  }
}

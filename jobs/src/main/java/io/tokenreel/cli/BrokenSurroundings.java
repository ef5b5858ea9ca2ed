package io.tokenreel.cli;

import io.tokenreel.cache.commit.CacheLockedException;
import io.tokenreel.cache.commit.OutputLostException;
import io.tokenreel.cache.commit.TablesDisagreeException;
import io.tokenreel.model.DeviceException;
import io.tokenreel.video.FfmpegException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkThrowable;

/**
 * Failures that no defect of this project brings about, and that one line describes: what does not
 * answer, what Spark was configured with and cannot find, a disk that is full or read-only, an
 * output that was deleted or taken by another writer in mid-run, executors that end, a device, an
 * engine or an FFmpeg that nothing can be computed with.
 */
final class BrokenSurroundings {

  /** Spark's names of conditions that a setting of the user's brings about. */
  private static final List<String> CONDITIONS =
      List.of("CATALOG_NOT_FOUND", "CANNOT_LOAD_CATALOG", "DATA_SOURCE_NOT_FOUND");

  /** What the operating system says of a disk that takes nothing. */
  private static final List<String> DISK =
      List.of("No space left on device", "Disk quota exceeded", "Read-only file system");

  private BrokenSurroundings() {}

  /** The line, if a failure or one that it was caused by is such a one. */
  static Optional<String> of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (isOne(cause)) {
        String message = cause.getMessage() == null ? "" : cause.getMessage();
        return Optional.of(what(cause) + message.lines().findFirst().orElse("without a message"));
      }
    }
    return Optional.empty();
  }

  private static boolean isOne(Throwable cause) {
    return !what(cause).isEmpty()
        || cause instanceof DeviceException
        || cause instanceof FfmpegException
        || cause instanceof OutputLostException
        || cause instanceof CacheLockedException
        || cause instanceof TablesDisagreeException
        || (cause instanceof SparkThrowable spark
            && spark.getCondition() != null
            && CONDITIONS.contains(spark.getCondition().replaceFirst("\\..*", "")))
        || (cause.getMessage() != null && DISK.stream().anyMatch(cause.getMessage()::contains));
  }

  private static String what(Throwable cause) {
    if (cause instanceof UnknownHostException) {
      return "unknown host: ";
    }
    return cause instanceof ConnectException ? "no connection: " : "";
  }
}

package io.tokenreel.stage;

import io.tokenreel.video.LeftFolders;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkEnv;
import org.apache.spark.util.Utils;

/**
 * Where tasks put large files for a while: a folder under {@code spark.local.dir}, or wherever the
 * cluster manager says, which Spark removes with the executor. Spark has no public name for it, so
 * this class touches Spark's internals.
 */
final class LocalFolder {

  private static final Set<Path> SWEPT = ConcurrentHashMap.newKeySet();

  private LocalFolder() {}

  /**
   * Where a process finds it first, it removes what decoders of killed ones have left beside it.
   */
  static Path ofTask() {
    Path folder = Path.of(Utils.getLocalDir(SparkEnv.get().conf()));
    if (SWEPT.add(folder)) {
      LeftFolders.sweepWithSiblings(folder, "spark-*");
    }
    return folder;
  }
}

package io.tokenreel.stage;

import io.tokenreel.video.LeftFolders;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkEnv;

/**
 * Where tasks put large files for a while: a folder under {@code spark.local.dir}, or wherever the
 * cluster manager says, which Spark removes with the executor. Spark has no public name for it; it
 * is the one in which this process's blocks are, and this class is what touches Spark's internals
 * for it.
 */
public final class LocalFolder {

  private static final Set<Path> SWEPT = ConcurrentHashMap.newKeySet();

  private LocalFolder() {}

  /** The folder of this process, the driver or an executor. */
  public static Path ofProcess() {
    return SparkEnv.get().blockManager().diskBlockManager().localDirs()[0].toPath();
  }

  /**
   * Where a process finds it first, it removes what decoders of killed ones have left beside it.
   */
  static Path ofTask() {
    Path folder = ofProcess();
    if (SWEPT.add(folder)) {
      LeftFolders.sweepWithSiblings(folder, "blockmgr-*");
    }
    return folder;
  }
}

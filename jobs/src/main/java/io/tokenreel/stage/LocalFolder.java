package io.tokenreel.stage;

import java.nio.file.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.util.Utils;

/**
 * Where tasks put large files for a while: a folder under {@code spark.local.dir}, or wherever the
 * cluster manager says, which Spark removes with the executor. Spark has no public name for it, so
 * this class touches Spark's internals.
 */
final class LocalFolder {

  private LocalFolder() {}

  static Path ofTask() {
    return Path.of(Utils.getLocalDir(SparkEnv.get().conf()));
  }
}

package io.tokenreel.job;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** What the commands that read a cache ask of its folder. */
final class Caches {

  private Caches() {}

  /**
   * Checks that a folder holds a cache.
   *
   * @throws SettingsException when it does not
   */
  static void require(Configuration hadoop, String cache) throws IOException {
    Path folder = new Path(cache);
    if (!folder.getFileSystem(hadoop).exists(new Path(folder, "runs"))) {
      throw new SettingsException(
          "--cache %s is not a cache: it has no runs/; name the folder that precompute wrote with --output"
              .formatted(cache));
    }
  }
}

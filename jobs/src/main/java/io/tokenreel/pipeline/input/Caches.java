package io.tokenreel.pipeline.input;

import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import io.tokenreel.pipeline.setting.SettingsException;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** What the commands that read a cache ask of its folder. */
public final class Caches {

  private Caches() {}

  /**
   * Checks that {@code --cache} holds a cache.
   *
   * @throws SettingsException when it does not
   */
  public static void require(Configuration hadoop, String cache) throws IOException {
    require(hadoop, "--cache", cache);
  }

  /**
   * As {@link #require(Configuration, String)}.
   *
   * @param option that names the folder
   */
  public static void require(Configuration hadoop, String option, String cache) throws IOException {
    Path folder = UserPath.of(cache);
    if (!Stores.of(folder, hadoop).exists(UserPath.below(folder, "runs"))) {
      throw new SettingsException(
          "%s %s is not a cache: it has no runs/; name the folder that precompute wrote with --output"
              .formatted(option, cache));
    }
  }
}

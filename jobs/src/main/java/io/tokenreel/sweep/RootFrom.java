package io.tokenreel.sweep;

import io.tokenreel.eval.task.TaskSpec;
import io.tokenreel.files.UnusablePathException;
import io.tokenreel.pipeline.setting.SettingsException;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Where a task's root comes from, in the order in which roots can be looked at. */
enum RootFrom {
  USER,
  RENDERING,
  RENDERING_OF_ANOTHER;

  /**
   * Of a task.
   *
   * @param output the sweep's folder, below which videos are rendered
   * @throws SettingsException when there is no file system for the task's root
   */
  static RootFrom of(TaskSpec spec, String output, Configuration hadoop) throws IOException {
    if (spec.root() == null) {
      return RENDERING;
    }
    Path folder = SweepTask.resolved(output, hadoop);
    for (Path above = root(spec, hadoop).getParent(); above != null; above = above.getParent()) {
      if (above.equals(folder)) {
        return RENDERING_OF_ANOTHER;
      }
    }
    return USER;
  }

  private static Path root(TaskSpec spec, Configuration hadoop) throws IOException {
    try {
      return SweepTask.resolved(spec.root(), hadoop);
    } catch (UnusablePathException e) {
      throw new SettingsException("--task: " + e.getMessage());
    }
  }
}

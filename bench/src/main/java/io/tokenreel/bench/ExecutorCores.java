package io.tokenreel.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Holds each executor of a local cluster, and whatever it starts, to a core of this machine by
 * {@code taskset}, which every Linux has with util-linux.
 */
final class ExecutorCores {

  private static final String MAIN_CLASS = "CoarseGrainedExecutorBackend";
  private static final long PATIENCE_MILLIS = 60_000;
  private static final long LOOK_MILLIS = 50;

  private ExecutorCores() {}

  /**
   * Waits until the executors are there, and gives the n-th of them core n.
   *
   * @throws IOException if they do not come, or taskset does not do it
   */
  static void pin(int executors) throws IOException {
    List<ProcessHandle> found = await(executors);
    for (int core = 0; core < executors; core++) {
      String pid = Long.toString(found.get(core).pid());
      Process taskset =
          new ProcessBuilder("taskset", "-a", "-p", "-c", Integer.toString(core), pid)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      if (waitFor(taskset) != 0) {
        throw new IOException(
            "taskset did not hold executor %s to core %d; the machine must have %d cores"
                .formatted(pid, core, executors));
      }
    }
  }

  private static List<ProcessHandle> await(int executors) throws IOException {
    long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
    while (true) {
      List<ProcessHandle> found =
          ProcessHandle.current().descendants().filter(ExecutorCores::isExecutor).toList();
      if (found.size() == executors) {
        return found;
      }
      if (System.currentTimeMillis() > deadline) {
        throw new IOException(
            "expected %d executors as children of this process; found %d"
                .formatted(executors, found.size()));
      }
      pause();
    }
  }

  private static boolean isExecutor(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
          .contains(MAIN_CLASS);
    } catch (IOException e) {
      return false; // it ended a moment ago
    }
  }

  private static int waitFor(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}

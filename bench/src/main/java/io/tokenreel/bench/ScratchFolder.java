package io.tokenreel.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * A temporary folder for what a measurement makes. It goes with it, and with the JVM when that is
 * interrupted, after all that may still write to it: Spark's hooks have higher priorities.
 */
public final class ScratchFolder implements AutoCloseable {

  private static final int LAST = 0;

  private final Path path;
  private final Runnable atExit = this::deleteAtExit;

  /**
   * @param purpose part of its name
   */
  public ScratchFolder(String purpose) throws IOException {
    this.path = Files.createTempDirectory("tokenreel-" + purpose + "-");
    ShutdownHookManager.get().addShutdownHook(atExit, LAST);
  }

  public Path path() {
    return path;
  }

  /** A file or folder in it, which need not be there. */
  public Path resolve(String name) {
    return path.resolve(name);
  }

  @Override
  public void close() throws IOException {
    delete();
    if (!ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(atExit);
    }
  }

  private void deleteAtExit() {
    try {
      delete();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // which is logged
    }
  }

  /** Of the measurement's thread and the JVM's end, the second finds nothing to do. */
  private synchronized void delete() throws IOException {
    if (Files.exists(path)) {
      FileUtils.deleteDirectory(path.toFile());
    }
  }
}

package io.tokenreel.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;

/** A temporary folder for what a measurement makes, gone with it, also when it is interrupted. */
public final class ScratchFolder implements AutoCloseable {

  private final Path path;
  private final Thread atExit;

  /**
   * @param purpose part of its name
   */
  public ScratchFolder(String purpose) throws IOException {
    this.path = Files.createTempDirectory("tokenreel-" + purpose + "-");
    this.atExit = new Thread(() -> FileUtils.deleteQuietly(path.toFile()));
    Runtime.getRuntime().addShutdownHook(atExit);
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
    FileUtils.deleteDirectory(path.toFile());
    Runtime.getRuntime().removeShutdownHook(atExit);
  }
}

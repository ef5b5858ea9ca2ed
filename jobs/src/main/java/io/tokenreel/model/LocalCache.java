package io.tokenreel.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A folder of this user below {@code java.io.tmpdir} for what can be made again: native libraries
 * taken out of jars, staged checkpoints, the default model. It works where the home folder is
 * missing or read-only, and the JVMs of one user share it.
 */
public final class LocalCache {

  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  private static Path root;

  private LocalCache() {}

  /**
   * A folder of the cache, made when it is missing.
   *
   * @param purpose the folder's name
   */
  public static synchronized Path folder(String purpose) {
    try {
      if (root == null || Files.notExists(root)) {
        root = privateFolder();
      }
      return Files.createDirectories(root.resolve(purpose));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a cache folder for " + purpose, e);
    }
  }

  /**
   * Libraries are loaded from here, so a folder that somebody else laid under the expected name in
   * a shared temporary folder is not taken: this JVM then gets one of its own.
   */
  private static Path privateFolder() throws IOException {
    String user = System.getProperty("user.name");
    Path expected = Path.of(System.getProperty("java.io.tmpdir"), "tokenreel-" + user);
    try {
      Files.createDirectory(expected, PosixFilePermissions.asFileAttribute(PRIVATE));
    } catch (FileAlreadyExistsException made) {
      boolean ours =
          Files.isDirectory(expected, LinkOption.NOFOLLOW_LINKS)
              && Files.getOwner(expected).getName().equals(user)
              && Files.getPosixFilePermissions(expected).equals(PRIVATE);
      return ours ? expected : Files.createTempDirectory("tokenreel-");
    }
    return expected;
  }
}

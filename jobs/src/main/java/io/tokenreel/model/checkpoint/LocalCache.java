package io.tokenreel.model.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.commons.io.FileUtils;

/**
 * A folder of this user below {@code java.io.tmpdir} for what can be made again: native libraries
 * taken out of jars, staged checkpoints, the default model. It works where the home folder is
 * missing or read-only, and where the user has a number and no name, as in many containers. The
 * JVMs of one user share it.
 */
public final class LocalCache {

  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  private static final String PREFIX = "tokenreel-";

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
        root =
            privateFolder(
                Path.of(System.getProperty("java.io.tmpdir")), System.getProperty("user.name"));
      }
      return Files.createDirectories(root.resolve(purpose));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a cache folder for " + purpose, e);
    }
  }

  /**
   * Libraries are loaded from here, so a folder that somebody else laid under an expected name in a
   * shared temporary folder is not taken. Where all are taken, this JVM gets a folder of its own
   * until it ends.
   *
   * @param user the user's name as Java has it, {@code ?} for one without
   */
  static Path privateFolder(Path temporary, String user) throws IOException {
    Path own = Files.createTempDirectory(temporary, PREFIX);
    for (String name : names(own, user)) {
      Path expected = temporary.resolve(PREFIX + name);
      try {
        Files.createDirectory(expected, PosixFilePermissions.asFileAttribute(PRIVATE));
      } catch (FileAlreadyExistsException made) {
        if (!isPrivateTo(Files.getOwner(own), expected)) {
          continue;
        }
      }
      Files.delete(own);
      return expected;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> FileUtils.deleteQuietly(own.toFile())));
    return own;
  }

  private static List<String> names(Path own, String user) throws IOException {
    List<String> names = new ArrayList<>();
    if (user.matches("[A-Za-z0-9_][A-Za-z0-9._-]*")) {
      names.add(user);
    }
    names.add("uid-" + Files.getAttribute(own, "unix:uid"));
    return names;
  }

  private static boolean isPrivateTo(UserPrincipal owner, Path folder) throws IOException {
    return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(owner)
        && Files.getPosixFilePermissions(folder).equals(PRIVATE);
  }
}

package io.tokenreel.video;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * A local folder that only this user can read, removed with all that it holds: by the process that
 * made it, or, when that was killed, by a later one ({@link LeftFolders}). So that these are told
 * apart, a process holds a lock in each of its folders, which ends with the process in any case.
 */
public final class PrivateFolder implements AutoCloseable {

  /** Where the JVM has its temporary files. */
  static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));

  /** What the names of decoders' folders begin with. */
  static final String DECODER = "tokenreel-decoder-";

  /** What the names of folders for native libraries begin with. */
  static final String NATIVES = "tokenreel-natives-";

  /** The file in each folder that the process has locked. It is empty until then. */
  static final String LOCK = "owner.lock";

  static final Set<PosixFilePermission> PERMISSIONS = PosixFilePermissions.fromString("rwx------");

  /**
   * Apart from what a decoder process needs to delete folders: the name is read of the system, and
   * the system's list of users with it.
   */
  private static final class ThisProcess {

    /** Of this process alone, which its number is not: another container may have the same. */
    static final String NAME = nameOf(ProcessHandle.current());
  }

  private final Path path;
  private final FileChannel lock;

  /**
   * @param prefix one of this class
   */
  PrivateFolder(Path parent, String prefix) {
    try {
      this.path =
          Files.createTempDirectory(
              parent, prefix + ThisProcess.NAME, PosixFilePermissions.asFileAttribute(PERMISSIONS));
      this.lock = lock(path.resolve(LOCK));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "no private folder could be made under %s; it must be a local folder that this user may write to"
              .formatted(parent),
          e);
    }
  }

  private static String nameOf(ProcessHandle process) {
    long start = process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    return process.pid() + "-" + start + "-";
  }

  /** Where a file system has no locks the file stays empty, and the folder is nobody else's. */
  private static FileChannel lock(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE);
    try {
      channel.tryLock();
      channel.write(ByteBuffer.allocate(1));
    } catch (IOException e) {
      // Not a field: a decoder process deletes folders too, and has no log.
      LoggerFactory.getLogger(PrivateFolder.class)
          .warn(
              "{} cannot be locked: {}; should this process be killed, its folder stays and can be"
                  + " deleted",
              file,
              e.toString());
    }
    return channel;
  }

  /** Whether it has the name of a private folder that another process made. */
  static boolean isOfAnotherProcess(Path folder) {
    String name = folder.getFileName().toString();
    return Stream.of(DECODER, NATIVES)
        .anyMatch(prefix -> name.startsWith(prefix) && !name.startsWith(prefix + ThisProcess.NAME));
  }

  Path path() {
    return path;
  }

  /** The user that this process runs as. */
  UserPrincipal owner() {
    try {
      return Files.getOwner(path);
    } catch (IOException e) {
      throw new UncheckedIOException("the folder " + path + " has no owner", e);
    }
  }

  @Override
  public void close() {
    try (lock) {
      delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException("the folder " + path + " could not be removed", e);
    }
  }

  /**
   * Deletes a folder with all that it holds, the lock last, so that what is broken off can be taken
   * up again; links are not followed.
   */
  public static void delete(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!file.endsWith(LOCK)) {
              Files.deleteIfExists(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException failure)
              throws IOException {
            Files.deleteIfExists(folder.resolve(LOCK));
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}

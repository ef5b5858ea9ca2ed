package io.tokenreel.video;

import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;

/**
 * A video on a disk of this machine, as it was at one moment, so that it need not be copied to be
 * the same bytes for whoever digests and whoever decodes it: {@link #isUnchanged} tells afterwards.
 *
 * @param path of a regular file
 * @param state device, inode, length, and the times of the last change of the bytes and of the file
 */
record LocalFile(Path path, Map<String, Object> state) {

  private static final String FILE = "file";
  private static final String STATE = "unix:dev,ino,size,lastModifiedTime,ctime";

  /**
   * File systems whose reads neither hang nor need another machine, and which keep times of
   * changes.
   */
  private static final Set<String> DISKS =
      Set.of("ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "tmpfs", "overlay");

  /**
   * Changes closer to each other than the step of a file system's times may have the same time;
   * some count whole seconds, as ext3 and small inodes of ext4.
   */
  static final Duration TIME_STEP = Duration.ofSeconds(2);

  /**
   * The file of a URI; empty where it must be copied: another file system, no regular file, one
   * with a file of checksums, which are looked at when it is copied, and one that has just changed.
   * A mount that does not answer costs a thread and the video's row, not the task.
   *
   * @param deadlineNanos by {@link System#nanoTime}
   * @throws NotStaged timeout
   * @throws CancellationException if the calling thread is interrupted
   */
  static Optional<LocalFile> of(String uri, Configuration hadoop, long deadlineNanos)
      throws NotStaged {
    FutureTask<Optional<LocalFile>> found =
        new FutureTask<>(() -> of(uri, hadoop, Instant.now().minus(TIME_STEP)));
    Thread thread = new Thread(found, "tokenreel-video-source");
    thread.setDaemon(true);
    thread.start();
    try {
      return found.get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new NotStaged(
          Reason.TIMEOUT, 0, "the wall time was over before its file system answered", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while a video was looked for");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a local file cannot be looked at", e.getCause());
    }
  }

  /** The same, without a deadline, of a file that has not changed since a moment. */
  static Optional<LocalFile> of(String uri, Configuration hadoop, Instant since) {
    try {
      for (org.apache.hadoop.fs.Path reading : UserPath.readings(uri)) {
        if (!isLocal(reading, hadoop)
            || !(Stores.of(reading, hadoop) instanceof LocalFileSystem files)) {
          return Optional.empty();
        }
        Path path = files.pathToFile(reading).toPath();
        if (Files.exists(path)) {
          File sums = files.pathToFile(files.getChecksumFile(reading));
          return sums.exists() ? Optional.empty() : of(path, since);
        }
      }
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      return Optional.empty(); // copying says why it cannot be read
    }
  }

  /** By its scheme, so that no other file system is reached for. */
  private static boolean isLocal(org.apache.hadoop.fs.Path path, Configuration hadoop) {
    String scheme = path.toUri().getScheme();
    return FILE.equals(scheme == null ? FileSystem.getDefaultUri(hadoop).getScheme() : scheme);
  }

  private static Optional<LocalFile> of(Path path, Instant since) throws IOException {
    if (!Files.isRegularFile(path) || !DISKS.contains(Files.getFileStore(path).type())) {
      return Optional.empty();
    }
    LocalFile file = new LocalFile(path.toRealPath(), state(path));
    Instant changed = ((FileTime) file.state.get("ctime")).toInstant();
    return changed.isBefore(since) ? Optional.of(file) : Optional.empty();
  }

  private static Map<String, Object> state(Path path) throws IOException {
    return Collections.unmodifiableMap(Files.readAttributes(path, STATE));
  }

  /** Whether the path still names this file, and nobody has written to it. */
  boolean isUnchanged() {
    try {
      return state.equals(state(path));
    } catch (IOException e) {
      return false; // it is no longer there
    }
  }
}

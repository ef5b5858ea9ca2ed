package io.tokenreel.cache.commit;

import com.fasterxml.jackson.core.JacksonException;
import io.tokenreel.cache.Json;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One writer per output: the file {@code _lock}, made exclusively, names the process that writes.
 *
 * <p>A lock whose process has ended is taken over when that process ran on this machine, in this
 * container; of another one nothing can be known. A lock that stays empty was left by a process
 * that died while it took it; local locks appear whole. {@link #checkHeld} fences a commit: a
 * writer whose lock was taken away stops before it commits.
 */
public final class WriterLock implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WriterLock.class);

  /** How long a writer may take from making the file to having written it. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** How often a writer looks for other claims before it gives up; half a minute at most. */
  static final int LOOKS = 10;

  /** Milliseconds between two looks, at least. */
  static final long SHORTEST_PAUSE = 100;

  /** Waits, and not always as long. */
  interface Pause {
    void atLeast(long millis) throws IOException;
  }

  /**
   * Who holds a lock.
   *
   * @param token unique to one acquisition
   * @param host name of the machine
   * @param pid process id on that machine
   * @param processStart start of the process, because ids are used again; empty when unknown
   * @param since when the lock was taken
   * @param machine tells apart what has the same name; null in a lock of an earlier version
   */
  record Owner(
      String token, String host, long pid, String processStart, String since, Machine machine) {

    static Owner thisProcess() throws IOException {
      ProcessHandle process = ProcessHandle.current();
      return new Owner(
          UUID.randomUUID().toString(),
          thisHost(),
          process.pid(),
          startOf(process),
          Instant.now().toString(),
          Machine.here());
    }

    /** Whether the process ran on this machine, in this container, and is no more. */
    boolean isGone() throws IOException {
      if (!host.equals(thisHost()) || (machine != null && !Machine.here().numbers(machine))) {
        return false;
      }
      Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
      return process.isEmpty() || !startOf(process.get()).equals(processStart);
    }

    /** As the kernel has it: a name service may not know it, or be out of reach. */
    private static String thisHost() throws IOException {
      return Files.readString(java.nio.file.Path.of("/proc/sys/kernel/hostname")).strip();
    }

    private static String startOf(ProcessHandle process) {
      return process.info().startInstant().map(Instant::toString).orElse("");
    }

    @Override
    public String toString() {
      return "process %d on %s since %s".formatted(pid, host, since);
    }
  }

  private final FileSystem fs;
  private final Path path;
  private final Owner owner;

  private WriterLock(FileSystem fs, Path path, Owner owner) {
    this.fs = fs;
    this.path = path;
    this.owner = owner;
  }

  /**
   * Takes the lock, or takes it over from a process of this host that has ended.
   *
   * @throws CacheLockedException when another writer holds it; the message says who and what to do
   */
  public static WriterLock acquire(FileSystem fs, Path path) throws IOException {
    return acquire(fs, path, WriterLock::sleep);
  }

  /**
   * As {@link #acquire(FileSystem, Path)}.
   *
   * @param pause waits before a writer looks again
   */
  static WriterLock acquire(FileSystem fs, Path path, Pause pause) throws IOException {
    if (!fs.mkdirs(path.getParent())) {
      throw new AccessDeniedException(
          path.getParent().toString(), null, "the folder of the output cannot be made");
    }
    for (int look = 1; ; look++) {
      try {
        return take(fs, path, pause);
      } catch (FileNotFoundException e) {
        if (look == LOOKS) {
          throw e;
        }
        LOG.debug("{} went while it was looked at; looking again", path, e);
      }
      pause.atLeast(SHORTEST_PAUSE);
    }
  }

  private static WriterLock take(FileSystem fs, Path path, Pause pause) throws IOException {
    Owner owner = Owner.thisProcess();
    if (!create(fs, path, Json.bytes(owner), null, pause)) {
      Optional<Left> left = leftBy(fs, path);
      if (left.isEmpty()) {
        throw new CacheLockedException(path, holder(fs, path).toString());
      }
      LOG.warn("{} left {} behind and has ended; taking over", left.get().by(), path);
      if (!create(fs, path, Json.bytes(owner), left.get().token(), pause)) {
        throw new CacheLockedException(path, holder(fs, path).toString());
      }
    }
    WriterLock lock = new WriterLock(fs, path, owner);
    lock.checkHeld();
    return lock;
  }

  /**
   * Checks that nobody has taken the lock away, and that the output is there at all.
   *
   * @throws CacheLockedException when another writer has it
   * @throws OutputLostException when it was deleted
   */
  void checkHeld() throws IOException {
    Owner holder = holder();
    if (!holder.token().equals(owner.token())) {
      throw CacheLockedException.lost(path, holder.toString());
    }
  }

  private Owner holder() throws IOException {
    try {
      return holder(fs, path);
    } catch (CacheLockedException e) {
      throw CacheLockedException.lost(path, "an unknown process (the lock is not readable)");
    } catch (FileNotFoundException e) {
      throw new OutputLostException(
          "%s does not exist any more: was the output deleted, or a mount lost? Nothing more was committed; give the same command again when it is back"
              .formatted(path));
    }
  }

  @Override
  public void close() throws IOException {
    checkHeld();
    fs.delete(path, false);
  }

  /**
   * A lock whose writer has ended.
   *
   * @param token of the writer; empty where the lock has no content
   * @param by who it was, for a person
   */
  private record Left(String token, String by) {}

  /** Who left the lock behind, when its writer is known to have ended. */
  private static Optional<Left> leftBy(FileSystem fs, Path path) throws IOException {
    FileStatus status = fs.getFileStatus(path);
    if (status.getLen() == 0) {
      long millis = System.currentTimeMillis() - status.getModificationTime();
      return millis > PATIENCE.toMillis()
          ? Optional.of(new Left("", "a writer that died while it took the lock"))
          : Optional.empty();
    }
    Owner holder = holder(fs, path);
    return holder.isGone()
        ? Optional.of(new Left(holder.token(), holder.toString()))
        : Optional.empty();
  }

  /** Who holds the lock and what follows, for a person; empty when nobody does. */
  public static Optional<String> describe(FileSystem fs, Path path) throws IOException {
    if (!fs.exists(path)) {
      return Optional.empty();
    }
    try {
      Optional<Left> left = leftBy(fs, path);
      return Optional.of(
          left.isPresent()
              ? "left by " + left.get().by() + ", which has ended: the next writer takes it over"
              : holder(fs, path) + ": wait for it to end");
    } catch (CacheLockedException e) {
      return Optional.of(e.getMessage());
    }
  }

  static Owner holder(FileSystem fs, Path path) throws IOException {
    try {
      return Json.read(read(fs, path), Owner.class);
    } catch (JacksonException e) {
      throw new CacheLockedException(path, "an unknown process (the lock is not readable)");
    }
  }

  /**
   * Makes the file unless it exists, and says whether it did.
   *
   * @param left the token of a writer that has ended, whose file another may take the place of;
   *     null for none
   */
  private static boolean create(FileSystem fs, Path path, byte[] content, String left, Pause pause)
      throws IOException {
    if (fs instanceof LocalFileSystem local) {
      // Hadoop's local file system looks and then creates; two writers could pass between.
      return new LocalLockFile(local.pathToFile(path).toPath()).create(content, left);
    }
    return new ClaimedLockFile(fs, path, pause).create(content, left);
  }

  /** Of a lock's content; empty where it has none. */
  static String tokenOf(byte[] content) {
    try {
      return content.length == 0 ? "" : Json.read(content, Owner.class).token();
    } catch (IOException e) {
      return "(not readable)"; // being written, or not by a writer of ours
    }
  }

  private static void sleep(long millis) throws IOException {
    try {
      Thread.sleep(millis + ThreadLocalRandom.current().nextLong(millis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while another writer took the lock");
    }
  }

  static byte[] read(FileSystem fs, Path path) throws IOException {
    try (FSDataInputStream in = fs.open(path)) {
      return in.readAllBytes();
    }
  }
}

package io.tokenreel.cache.commit;

import com.fasterxml.jackson.core.JacksonException;
import io.tokenreel.cache.Json;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One writer per output: the file {@code _lock}, made exclusively, names the process that writes.
 *
 * <p>A lock whose process has ended is taken over when that process ran on this host; of another
 * host nothing can be known. A lock that stays empty was left by a process that died while it took
 * it; local locks appear whole. {@link #checkHeld} fences a commit: a writer whose lock was taken
 * away stops before it commits.
 */
public final class WriterLock implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WriterLock.class);

  /** Begins the name of a file by which a writer says that it is about to take the lock. */
  private static final String CLAIM = "_lock.";

  /** How long a writer may take from making the file to having written it. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** How often a writer looks for other claims before it gives up; half a minute at most. */
  static final int LOOKS = 10;

  /** Of a writer whose claim stands; one that has taken its claim back waits longer each time. */
  private static final long SHORTEST_PAUSE = 100;

  private static final int MOST_DOUBLINGS = 4;

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
   */
  record Owner(String token, String host, long pid, String processStart, String since) {

    static Owner thisProcess() throws IOException {
      ProcessHandle process = ProcessHandle.current();
      return new Owner(
          UUID.randomUUID().toString(),
          thisHost(),
          process.pid(),
          startOf(process),
          Instant.now().toString());
    }

    /** Whether the process ran on this host and is no more. */
    boolean isGone() throws IOException {
      if (!host.equals(thisHost())) {
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
  static WriterLock acquire(FileSystem fs, Path path) throws IOException {
    return acquire(fs, path, WriterLock::sleep);
  }

  /**
   * As {@link #acquire(FileSystem, Path)}.
   *
   * @param pause waits before a writer looks again
   */
  static WriterLock acquire(FileSystem fs, Path path, Pause pause) throws IOException {
    Owner owner = Owner.thisProcess();
    if (!create(fs, path, Json.bytes(owner), pause)) {
      Optional<String> ended = leftBy(fs, path);
      if (ended.isEmpty()) {
        throw new CacheLockedException(path, holder(fs, path).toString());
      }
      LOG.warn("{} left {} behind and has ended; taking over", ended.get(), path);
      fs.delete(path, false);
      if (!create(fs, path, Json.bytes(owner), pause)) {
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
   * @throws IOException when it was deleted
   */
  void checkHeld() throws IOException {
    if (!fs.exists(path)) {
      throw new IOException(
          "%s does not exist any more: was the output deleted, or a mount lost? Nothing more was committed; give the same command again when it is back"
              .formatted(path));
    }
    Owner holder = holder(fs, path);
    if (!holder.token().equals(owner.token())) {
      throw new CacheLockedException(path, holder.toString());
    }
  }

  @Override
  public void close() throws IOException {
    checkHeld();
    fs.delete(path, false);
  }

  /** Who left the lock behind, when its writer is known to have ended. */
  private static Optional<String> leftBy(FileSystem fs, Path path) throws IOException {
    FileStatus status = fs.getFileStatus(path);
    if (status.getLen() == 0) {
      long millis = System.currentTimeMillis() - status.getModificationTime();
      return millis > PATIENCE.toMillis()
          ? Optional.of("a writer that died while it took the lock")
          : Optional.empty();
    }
    Owner holder = holder(fs, path);
    return holder.isGone() ? Optional.of(holder.toString()) : Optional.empty();
  }

  /** Who holds the lock and what follows, for a person; empty when nobody does. */
  public static Optional<String> describe(FileSystem fs, Path path) throws IOException {
    if (!fs.exists(path)) {
      return Optional.empty();
    }
    try {
      Optional<String> ended = leftBy(fs, path);
      return Optional.of(
          ended.isPresent()
              ? "left by " + ended.get() + ", which has ended: the next writer takes it over"
              : holder(fs, path) + ": wait for it to end");
    } catch (CacheLockedException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static Owner holder(FileSystem fs, Path path) throws IOException {
    try (var in = fs.open(path)) {
      return Json.read(in.readAllBytes(), Owner.class);
    } catch (JacksonException e) {
      throw new CacheLockedException(path, "an unknown process (the lock is not readable)");
    }
  }

  /** Makes the file unless it exists, and says whether it did. */
  private static boolean create(FileSystem fs, Path path, byte[] content, Pause pause)
      throws IOException {
    fs.mkdirs(path.getParent());
    if (fs instanceof LocalFileSystem local) {
      // Hadoop's local file system looks and then creates; two writers could pass between.
      return link(local.pathToFile(path).toPath(), content);
    }
    return claim(fs, path, content, pause);
  }

  /**
   * As {@link #create}, on stores that look and then write, so that two writers may pass between. A
   * writer makes a claim of its own name and then looks for those of others; it takes the lock when
   * it finds none. Of two at a time the later one finds the earlier one's claim, or the lock: the
   * claim by which the lock was taken goes when the lock is there. Where writers find each other's
   * claims, the first by name lets its own stand and looks again, while the others take theirs back
   * and come again later, so that one of them gets the lock. This takes no more than that a file
   * appears whole and that a listing shows what was written before, as S3, GCS and ABFS promise.
   */
  private static boolean claim(FileSystem fs, Path path, byte[] content, Pause pause)
      throws IOException {
    Path claim = new Path(path.getParent(), CLAIM + UUID.randomUUID());
    boolean stands = false;
    try {
      for (int look = 1; ; look++) {
        if (!stands) {
          write(fs, claim, content);
        }
        Optional<Path> other = firstOther(fs, claim);
        if (fs.exists(path)) {
          return false;
        }
        if (other.isEmpty()) {
          return write(fs, path, content);
        }
        if (look == LOOKS) {
          throw new CacheLockedException(other.get(), claimant(fs, other.get()));
        }
        stands = claim.getName().compareTo(other.get().getName()) < 0;
        if (!stands) {
          fs.delete(claim, false);
        }
        pause.atLeast(stands ? SHORTEST_PAUSE : SHORTEST_PAUSE << Math.min(look, MOST_DOUBLINGS));
      }
    } finally {
      fs.delete(claim, false);
    }
  }

  /**
   * The first by name of the claims of others; claims of writers known to have ended are deleted.
   */
  private static Optional<Path> firstOther(FileSystem fs, Path claim) throws IOException {
    List<Path> others = new ArrayList<>();
    for (FileStatus found : fs.listStatus(claim.getParent())) {
      String name = found.getPath().getName();
      if (!name.startsWith(CLAIM) || name.equals(claim.getName())) {
        continue;
      }
      if (isLeftBehind(fs, found.getPath())) {
        fs.delete(found.getPath(), false);
      } else {
        others.add(found.getPath());
      }
    }
    return others.stream().min(Comparator.comparing(Path::getName));
  }

  private static boolean isLeftBehind(FileSystem fs, Path claim) throws IOException {
    try {
      return holder(fs, claim).isGone();
    } catch (FileNotFoundException e) {
      return false; // taken back since it was listed, by a writer that comes again or has the lock
    }
  }

  private static String claimant(FileSystem fs, Path claim) throws IOException {
    try {
      return holder(fs, claim).toString();
    } catch (FileNotFoundException e) {
      return "another process that is taking the lock";
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

  private static boolean write(FileSystem fs, Path path, byte[] content) throws IOException {
    try (OutputStream out = fs.create(path, false)) {
      out.write(content);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /** As {@link #create}, at once with its content: a second name for a finished file. */
  private static boolean link(java.nio.file.Path path, byte[] content) throws IOException {
    java.nio.file.Path whole = path.resolveSibling("._lock." + UUID.randomUUID() + ".tmp");
    try {
      Files.write(whole, content);
      Files.createLink(path, whole);
      return true;
    } catch (java.nio.file.FileAlreadyExistsException e) {
      return false;
    } catch (UnsupportedOperationException | FileSystemException e) {
      LOG.debug("no second name for {}: some mounted file systems have none", whole, e);
      return writeNew(path, content);
    } finally {
      Files.deleteIfExists(whole);
    }
  }

  private static boolean writeNew(java.nio.file.Path path, byte[] content) throws IOException {
    try {
      Files.write(path, content, StandardOpenOption.CREATE_NEW);
      return true;
    } catch (java.nio.file.FileAlreadyExistsException e) {
      return false;
    }
  }
}

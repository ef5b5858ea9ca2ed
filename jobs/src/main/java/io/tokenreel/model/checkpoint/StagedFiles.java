package io.tokenreel.model.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of remote files in a local folder that the JVMs of one machine share.
 *
 * <p>Beside each copy lies its lock. Who copies holds it alone: the others wait, and find the copy
 * then. Who uses the copy shares the lock, until its JVM ends. Before a file is copied, copies that
 * nobody uses go until all fit into the limit, those first that were asked for the longest time
 * ago; and so does what a JVM that died while copying left.
 */
final class StagedFiles implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StagedFiles.class);
  private static final String PARTIAL = ".partial";
  private static final String LOCK = "lock"; // also the name of earlier versions' one lock

  private final Path folder;
  private final Map<String, FileLock> used = new ConcurrentHashMap<>();
  private final Map<String, Object> monitors = new ConcurrentHashMap<>();

  /**
   * @param folder that holds nothing else
   */
  StagedFiles(Path folder) {
    this.folder = folder;
  }

  /** Where a file's bytes come from. */
  @FunctionalInterface
  interface Source {

    /** Opens the file; the caller closes it. */
    InputStream open() throws IOException;
  }

  /**
   * The local copy of a file, made when it is missing. It appears under its name whole.
   *
   * @param name of the copy, another one for every version of the file
   * @param bytes length of the file
   * @param limit bytes that all copies may take; what is used may be more
   * @throws IOException when it cannot be copied, or its length is another
   */
  Path take(String name, long bytes, long limit, Source source) throws IOException {
    Path staged = folder.resolve(name);
    synchronized (monitors.computeIfAbsent(name, any -> new Object())) {
      if (used.containsKey(name) && isWhole(staged, bytes)) {
        return staged;
      }
      release(used.remove(name));
      Files.createDirectories(folder); // a cleaner of temporary folders may have taken it
      FileChannel channel = open(name);
      try {
        FileLock shared = channel.lock(0, Long.MAX_VALUE, true);
        while (!isWhole(staged, bytes)) {
          shared.release();
          try (FileLock alone = channel.lock()) {
            if (alone.isValid() && !isWhole(staged, bytes)) {
              makeRoom(limit - bytes);
              copy(source, bytes, staged);
            }
          }
          shared = channel.lock(0, Long.MAX_VALUE, true);
        }
        Files.setLastModifiedTime(lockOf(name), FileTime.from(Instant.now()));
        used.put(name, shared);
        return staged;
      } finally {
        if (!used.containsKey(name)) {
          channel.close();
        }
      }
    }
  }

  private static boolean isWhole(Path staged, long bytes) throws IOException {
    return Files.exists(staged) && Files.size(staged) == bytes;
  }

  private Path lockOf(String name) {
    return folder.resolve(name + "." + LOCK);
  }

  private FileChannel open(String name) throws IOException {
    return FileChannel.open(
        lockOf(name), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static void copy(Source source, long bytes, Path staged) throws IOException {
    Path partial = staged.resolveSibling(staged.getFileName() + PARTIAL);
    Files.deleteIfExists(partial);
    try (InputStream in = source.open()) {
      long copied = Files.copy(in, partial);
      if (copied != bytes) {
        throw new IOException(
            "expected %d bytes of %s; got %d: the file changed or its transfer was cut short"
                .formatted(bytes, staged.getFileName(), copied));
      }
      Files.move(partial, staged, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  /** Removes what nobody uses until the copies take a number of bytes at most. */
  private void makeRoom(long most) throws IOException {
    long bytes = 0;
    List<Path> copies = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (name.endsWith(PARTIAL)) {
          remove(name.substring(0, name.length() - PARTIAL.length()), file);
        } else if (!name.equals(LOCK) && !name.endsWith("." + LOCK)) {
          copies.add(file);
          bytes += Files.size(file);
        }
      }
    }
    copies.sort(Comparator.comparing(this::lastAskedFor));
    for (Path copy : copies) {
      if (bytes <= most) {
        return;
      }
      long freed = Files.size(copy);
      bytes -= remove(copy.getFileName().toString(), copy) ? freed : 0;
    }
  }

  private FileTime lastAskedFor(Path copy) {
    try {
      Path lock = lockOf(copy.getFileName().toString());
      return Files.getLastModifiedTime(Files.exists(lock) ? lock : copy);
    } catch (IOException e) {
      return FileTime.fromMillis(0); // somebody else removed it
    }
  }

  /** Removes a file of a name unless somebody copies or uses that. */
  private boolean remove(String name, Path file) throws IOException {
    if (used.containsKey(name)) {
      return false;
    }
    try (FileChannel channel = open(name);
        FileLock alone = channel.tryLock()) {
      if (alone == null) {
        return false;
      }
      LOG.info("removing {}, which nobody uses", file);
      return Files.deleteIfExists(file);
    } catch (OverlappingFileLockException e) {
      return false; // by a thread of this JVM
    }
  }

  private static void release(FileLock lock) throws IOException {
    if (lock != null) {
      lock.acquiredBy().close();
    }
  }

  /** Uses no copy any more. */
  @Override
  public void close() throws IOException {
    for (String name : List.copyOf(used.keySet())) {
      release(used.remove(name));
    }
  }
}

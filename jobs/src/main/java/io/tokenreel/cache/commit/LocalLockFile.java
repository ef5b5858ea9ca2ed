package io.tokenreel.cache.commit;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A lock on a local file system, where a file gets its name exclusively. */
record LocalLockFile(Path file) {

  private static final Logger LOG = LoggerFactory.getLogger(LocalLockFile.class);

  /** As {@link WriterLock} says: makes the file unless another writer's is there. */
  boolean create(byte[] content, String left) throws IOException {
    return (left == null || takeAway(left)) && link(content);
  }

  /**
   * Deletes the file that a writer left. Of several that have found it left, the operating system
   * lets one at a time look whether it is there still; a file that took its place is not touched.
   *
   * @return false when another writer's file is there
   * @throws FileNotFoundException when it has gone, or another one is just taking it away
   */
  private boolean takeAway(String left) throws IOException {
    synchronized (LocalLockFile.class) { // the operating system tells processes apart, no threads
      Object place = place();
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        if (!isAlone(channel)) {
          throw new FileNotFoundException(file + " is being taken over");
        }
        // Not opened a second time: a lock ends with the first one that is closed.
        byte[] content = Channels.newInputStream(channel).readAllBytes();
        boolean same = WriterLock.tokenOf(content).equals(left) && place.equals(place());
        if (same) {
          Files.delete(file);
        }
        return same;
      } catch (NoSuchFileException e) {
        throw new FileNotFoundException(file + " has been taken over");
      }
    }
  }

  /** Which file has the name now. */
  private Object place() throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      throw new FileNotFoundException(file + " has been taken over");
    }
  }

  private boolean isAlone(FileChannel channel) {
    try {
      return channel.tryLock() != null; // ends with the channel
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      LOG.debug("no locks on {}: some mounted file systems have none", file, e);
      return true;
    }
  }

  /** Makes the file at once with its content: a second name for a finished file. */
  private boolean link(byte[] content) throws IOException {
    Path whole = temporary();
    try {
      Files.write(whole, content);
      Files.createLink(file, whole);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (UnsupportedOperationException | FileSystemException e) {
      LOG.debug("no second name for {}: some mounted file systems have none", whole, e);
      return writeNew(content);
    } finally {
      Files.deleteIfExists(whole);
    }
  }

  /** A name beside the lock that no other process has. */
  private Path temporary() {
    return file.resolveSibling("._lock." + UUID.randomUUID() + ".tmp");
  }

  private boolean writeNew(byte[] content) throws IOException {
    try {
      Files.write(file, content, StandardOpenOption.CREATE_NEW);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }
}

package io.tokenreel.cache.commit;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A lock on a store that looks and then writes, so that two writers may pass between. A writer
 * makes a claim of its own name and then looks for those of others; it takes the lock when it finds
 * none. Of two at a time the later one finds the earlier one's claim, or the lock: the claim by
 * which the lock was taken goes when the lock is there. Where writers find each other's claims, the
 * first by name lets its own stand and looks again, while the others take theirs back and come
 * again later, so that one of them gets the lock. This takes no more than that a listing shows what
 * was written before, as S3, GCS and ABFS promise; a claim that is seen before its content counts.
 * A lock that was left is deleted under a claim, too.
 */
record ClaimedLockFile(FileSystem fs, Path path, WriterLock.Pause pause) {

  /**
   * A writer that has taken its claim back waits longer each time, one whose claim stands does not.
   */
  private static final int MOST_DOUBLINGS = 4;

  /** As {@link WriterLock} says: makes the file unless another writer's is there. */
  boolean create(byte[] content, String left) throws IOException {
    Path claim = new Path(path.getParent(), claims() + UUID.randomUUID());
    boolean stands = false;
    try {
      for (int look = 1; ; look++) {
        if (!stands) {
          write(claim, content);
        }
        Optional<Path> other = firstOther(claim);
        boolean exists = fs.exists(path);
        if (exists
            && (left == null || !WriterLock.tokenOf(WriterLock.read(fs, path)).equals(left))) {
          return false;
        }
        if (other.isEmpty()) {
          if (exists) {
            fs.delete(path, false);
          }
          return write(path, content);
        }
        if (look == WriterLock.LOOKS) {
          throw new CacheLockedException(other.get(), claimant(other.get()));
        }
        stands = claim.getName().compareTo(other.get().getName()) < 0;
        if (!stands) {
          fs.delete(claim, false);
        }
        pause.atLeast(
            stands
                ? WriterLock.SHORTEST_PAUSE
                : WriterLock.SHORTEST_PAUSE << Math.min(look, MOST_DOUBLINGS));
      }
    } finally {
      fs.delete(claim, false);
    }
  }

  /** Begins the name of a file by which a writer says that it is about to take the lock. */
  private String claims() {
    return path.getName() + ".";
  }

  /**
   * The first by name of the claims of others; claims of writers known to have ended are deleted.
   */
  private Optional<Path> firstOther(Path claim) throws IOException {
    List<Path> others = new ArrayList<>();
    for (FileStatus found : fs.listStatus(claim.getParent())) {
      String name = found.getPath().getName();
      if (!name.startsWith(claims()) || name.equals(claim.getName())) {
        continue;
      }
      if (isLeftBehind(found.getPath())) {
        fs.delete(found.getPath(), false);
      } else {
        others.add(found.getPath());
      }
    }
    return others.stream().min(Comparator.comparing(Path::getName));
  }

  private boolean isLeftBehind(Path claim) throws IOException {
    try {
      return WriterLock.holder(fs, claim).isGone();
    } catch (FileNotFoundException | CacheLockedException e) {
      // Taken back since it was listed, by a writer that comes again or has the lock.
      // Or listed before its content was there.
      return false;
    }
  }

  private String claimant(Path claim) throws IOException {
    try {
      return WriterLock.holder(fs, claim).toString();
    } catch (FileNotFoundException | CacheLockedException e) {
      return "another process that is taking the lock";
    }
  }

  private boolean write(Path file, byte[] content) throws IOException {
    try (OutputStream out = fs.create(file, false)) {
      out.write(content);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }
}

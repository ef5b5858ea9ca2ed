package io.tokenreel.cache.commit;

import java.io.IOException;
import org.apache.hadoop.fs.Path;

/** Another writer is at work on the output. */
public final class CacheLockedException extends IOException {

  private static final long serialVersionUID = 1;

  private final boolean lost;

  CacheLockedException(Path lock, String holder) {
    this(
        "the output is being written by %s; wait for it to end. If that process has surely ended, delete %s"
            .formatted(holder, lock),
        false);
  }

  private CacheLockedException(String message, boolean lost) {
    super(message);
    this.lost = lost;
  }

  /** Of a writer that had the lock. */
  static CacheLockedException lost(Path lock, String holder) {
    return new CacheLockedException(
        "%s is now of %s: was it deleted while this command ran? Nothing more was committed; give the same command again when the other has ended"
            .formatted(lock, holder),
        true);
  }

  /** Whether the writer had the lock before, and so has begun its work. */
  public boolean isLost() {
    return lost;
  }
}

package io.tokenreel.cache.commit;

import java.io.IOException;
import org.apache.hadoop.fs.Path;

/** Another writer is at work on the output. */
public final class CacheLockedException extends IOException {

  private static final long serialVersionUID = 1;

  CacheLockedException(Path lock, String holder) {
    super(
        "the output is being written by %s; wait for it to end. If that process has surely ended, delete %s"
            .formatted(holder, lock));
  }
}

package io.tokenreel.cache.store;

import java.time.Instant;
import java.util.List;

/**
 * What vacuuming removes: of each content of a video all that one encoder made of it, or nothing.
 *
 * @param superseded what becomes of contents that are not current
 * @param encoders whose rows go, whatever content they are of
 * @param before only what was all written before this time goes
 */
public record Vacuum(Superseded superseded, List<String> encoders, Instant before) {

  public Vacuum {
    encoders = List.copyOf(encoders);
  }

  /** What becomes of rows of bytes that their video has no more. */
  public enum Superseded {
    KEEP,
    REMOVE
  }
}

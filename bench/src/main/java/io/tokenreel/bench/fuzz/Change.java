package io.tokenreel.bench.fuzz;

import io.tokenreel.video.Frames;
import java.util.Arrays;
import java.util.Locale;

/** How the frames of a damaged video differ from those of the sound one. */
public enum Change {
  NONE,
  /** The right frames, at other times. */
  TIMES,
  /** As many frames, of which some have other pixels than any sound frame. */
  PIXELS,
  /** Frames are missing, came twice, or stand in another one's place. */
  FRAMES;

  /**
   * @param actual of the damaged video
   * @param expected what the same sampling gives of the sound one
   * @param all frames of the sound one
   */
  static Change of(Frames actual, Frames expected, Frames all) {
    if (actual.count() != expected.count()) {
      return FRAMES;
    }
    Change change = Arrays.equals(actual.ptsMicros(), expected.ptsMicros()) ? NONE : TIMES;
    for (int slot = 0; slot < expected.count(); slot++) {
      if (!equal(actual, slot, expected, slot)) {
        if (isOneOf(all, actual, slot)) {
          return FRAMES;
        }
        change = PIXELS;
      }
    }
    return change;
  }

  /** Lower case, as it is printed. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static boolean isOneOf(Frames all, Frames frames, int slot) {
    for (int other = 0; other < all.count(); other++) {
      if (equal(frames, slot, all, other)) {
        return true;
      }
    }
    return false;
  }

  private static boolean equal(Frames left, int leftSlot, Frames right, int rightSlot) {
    int bytes = left.size().rgbBytes();
    return Arrays.equals(
        left.rgb(),
        leftSlot * bytes,
        (leftSlot + 1) * bytes,
        right.rgb(),
        rightSlot * bytes,
        (rightSlot + 1) * bytes);
  }
}

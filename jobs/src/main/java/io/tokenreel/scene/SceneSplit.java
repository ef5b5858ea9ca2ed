package io.tokenreel.scene;

import java.util.Locale;

/** What videos are for. Splits share no seed, so no video of one is in another. */
public enum SceneSplit {
  TRAIN,
  VALIDATION,
  TEST;

  /** Videos that a split can have at most: seeds from one split's first to the next one's. */
  public static final int MOST_VIDEOS = 1_000_000_000;

  /** The seed of the split's video with this number. */
  long seed(int number) {
    if (number < 0 || number >= MOST_VIDEOS) {
      throw new IllegalArgumentException(
          "a video's number must lie in [0, %d); got %d".formatted(MOST_VIDEOS, number));
    }
    return (long) ordinal() * MOST_VIDEOS + number;
  }

  /** The word of options and file names. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}

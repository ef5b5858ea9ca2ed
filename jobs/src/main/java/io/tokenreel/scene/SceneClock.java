package io.tokenreel.scene;

/**
 * The frames of a scene's video. There are just so many that sampling {@code samples} of them
 * uniformly takes every {@value #STEP}rd one, from the first to the last.
 *
 * @param samples uniformly sampled frames that decide every answer, at least {@value #FEWEST}
 */
record SceneClock(int samples) {

  /** Frames from one sampled frame to the next. */
  static final int STEP = 3;

  /** Below this four objects could not appear one after the other. */
  static final int FEWEST = 4;

  static final int FRAMES_PER_SECOND = 10;

  SceneClock {
    if (samples < FEWEST) {
      throw new IllegalArgumentException(
          "a scene needs at least %d sampled frames; got %d".formatted(FEWEST, samples));
    }
  }

  /** Frames of the video. */
  int frames() {
    return (samples - 1) * STEP + 1;
  }

  /** The frame that is sampled in place {@code sample}, from 0. */
  int frameOf(int sample) {
    return sample * STEP;
  }
}

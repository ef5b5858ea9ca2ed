package io.tokenreel.video;

/** What became of one input video. Exactly one per video and run. */
public enum Outcome {
  /** Every frame returned is exact and no error was met on the way to it. */
  OK,
  /** There are frames, but something was damaged; the reason says what. */
  DEGRADED,
  /** There are no frames; the reason says why. */
  FAILED
}

package io.tokenreel.video;

/** How much of a video is decoded before it may be called OK. */
public enum DecodeCheck {
  /** What the sampled frames need; all of it as soon as one error is met. */
  SAMPLED,
  /** Every frame, so that damage where no sample lies is found too. */
  FULL
}

package io.tokenreel.video;

/**
 * The video that frames were sampled from, as a model's own loader sees it. {@code frames / rate}
 * is how long it lasts, in seconds, and {@code index / rate} when a frame is shown, by the loaders'
 * reckoning, which takes every frame to last equally long.
 *
 * @param frames how many of its frames decode, at least 1
 * @param rate frames per second, the container's average; finite and above 0
 */
public record SourceInfo(int frames, double rate) {

  public SourceInfo {
    if (frames < 1) {
      throw new IllegalArgumentException("a source has at least 1 frame; got " + frames);
    }
    requireRate(rate);
  }

  static void requireRate(double rate) {
    if (!isRate(rate)) {
      throw new IllegalArgumentException(
          "frames per second must be a finite number above 0; got " + rate);
    }
  }

  static boolean isRate(double rate) {
    return rate > 0 && rate < Double.POSITIVE_INFINITY;
  }
}

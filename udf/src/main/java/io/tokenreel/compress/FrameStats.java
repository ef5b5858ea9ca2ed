package io.tokenreel.compress;

import java.util.OptionalDouble;

/**
 * How one frame stands out in its video.
 *
 * @param uniqueness the mean of {@code -cos(x, g)} over the frame's tokens x, where g is the mean
 *     of all tokens of the video; from -1, just like the video's mean, to 1
 * @param similarityToPrevious the mean cosine between the frame's tokens and those at the same
 *     positions of the previous frame; empty for the first frame
 */
public record FrameStats(double uniqueness, OptionalDouble similarityToPrevious) {}

package io.tokenreel.model.qwenvl;

import java.util.Arrays;

/**
 * Which axis of a position each rotary frequency of a decoder's head reads: 0 time, 1 row, 2
 * column. Both halves of a head read alike.
 *
 * <p>Source: transformers 5.23, {@code recomposition_frequencies} of the text models of
 * models/qwen2_vl, models/qwen2_5_vl and models/qwen3_vl.
 */
public final class RotarySections {

  private RotarySections() {}

  /**
   * Section after section, Qwen2-VL and Qwen2.5-VL.
   *
   * @param headSize channels of a head
   * @param sections {@code mrope_section}: frequencies of each axis
   * @return {@code [headSize / 2]}, axes
   * @throws IllegalArgumentException when the sections are not three that make up half a head
   */
  public static int[] contiguous(int headSize, int... sections) {
    int[] axes = time(headSize, sections);
    Arrays.fill(axes, sections[0], sections[0] + sections[1], 1);
    Arrays.fill(axes, sections[0] + sections[1], axes.length, 2);
    return axes;
  }

  /**
   * Rows at every third frequency from 1 on, columns at every third from 2 on, as many as their
   * sections have, and time at all others: Qwen3-VL.
   *
   * @param headSize channels of a head
   * @param sections {@code mrope_section}: frequencies of each axis
   * @return {@code [headSize / 2]}, axes
   * @throws IllegalArgumentException when the sections are not three that make up half a head, or a
   *     frequency would lie beyond it
   */
  public static int[] interleaved(int headSize, int... sections) {
    int[] axes = time(headSize, sections);
    for (int axis = 1; axis < BlockPositions.AXES; axis++) {
      if (sections[axis] > 0 && BlockPositions.AXES * (sections[axis] - 1) + axis >= axes.length) {
        throw new IllegalArgumentException(
            "mrope_section: every third of %d frequencies cannot be axis %d's %d times; got %s"
                .formatted(axes.length, axis, sections[axis], Arrays.toString(sections)));
      }
      for (int i = 0; i < sections[axis]; i++) {
        axes[BlockPositions.AXES * i + axis] = axis;
      }
    }
    return axes;
  }

  /** All frequencies at time. */
  private static int[] time(int headSize, int[] sections) {
    int half = headSize / 2;
    if (sections.length != BlockPositions.AXES
        || Arrays.stream(sections).anyMatch(section -> section < 0)
        || Arrays.stream(sections).sum() != half) {
      throw new IllegalArgumentException(
          "mrope_section must be three numbers that add up to half a head's %d channels; got %s"
              .formatted(headSize, Arrays.toString(sections)));
    }
    return new int[half];
  }
}

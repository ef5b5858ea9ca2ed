package io.tokenreel.model.decoder;

import io.tokenreel.model.checkpoint.Settings;
import java.util.Arrays;
import java.util.List;

/**
 * Which position axis each rotary wavelength of a head reads: 0 time, 1 row, 2 column (M-RoPE,
 * arXiv 2409.12191). Both halves of a head read alike.
 *
 * <p>Source: transformers 5.23, {@code recomposition_frequencies} of the text models of
 * models/qwen2_vl, models/qwen2_5_vl and models/qwen3_vl.
 *
 * @param sections {@code mrope_section}, wavelengths of each axis; empty where positions have one
 * @param interleaved rows at every third wavelength from 1 on, columns at every third from 2 on, as
 *     many as their sections have, and time at all others: Qwen3-VL; else section after section
 */
record RopeSections(List<Integer> sections, boolean interleaved) {

  /** Axes of a position that has more than one. */
  private static final int AXES = 3;

  /** Positions of one axis. */
  static final RopeSections NONE = new RopeSections(List.of(), false);

  RopeSections {
    sections = List.copyOf(sections);
  }

  /**
   * Reads the sections.
   *
   * @param rope the rotary settings
   * @param headSize channels of a head
   * @throws IllegalArgumentException when the wavelengths are scaled, the sections are not three
   *     that make up half a head, or one would lie beyond it
   */
  static RopeSections of(Settings rope, DecoderKind kind, int headSize) {
    rope.require("rope_type", "default", "default", "mrope");
    rope.require("type", "default", "default", "mrope"); // the older name of the same
    if (!kind.hasAxes()) {
      return NONE;
    }
    RopeSections read =
        new RopeSections(
            rope.has("mrope_section")
                ? Arrays.stream(rope.integers("mrope_section")).boxed().toList()
                : kind.sections(),
            kind == DecoderKind.QWEN3_VL);
    int sum = read.sections.stream().mapToInt(Integer::intValue).sum();
    if (read.sections.size() != AXES || sum != headSize / 2) {
      throw new IllegalArgumentException(
          "mrope_section must be three numbers that add up to half a head's %d channels; got %s"
              .formatted(headSize, read.sections));
    }
    for (int axis = 1; axis < AXES && read.interleaved; axis++) {
      int section = read.sections.get(axis);
      if (section > 0 && AXES * (section - 1) + axis >= headSize / 2) {
        throw new IllegalArgumentException(
            "mrope_section: every third of %d wavelengths cannot be axis %d's %d times; got %s"
                .formatted(headSize / 2, axis, section, read.sections));
      }
    }
    return read;
  }

  /** Axes of a position. */
  int axes() {
    return sections.isEmpty() ? 1 : AXES;
  }

  /**
   * The axis that each wavelength reads.
   *
   * @param half wavelengths, half of a head's channels
   * @return {@code [half]}
   */
  int[] axisOf(int half) {
    int[] axisOf = new int[half];
    for (int axis = 1; axis < sections.size(); axis++) {
      int before = sections.subList(0, axis).stream().mapToInt(Integer::intValue).sum();
      for (int i = 0; i < sections.get(axis); i++) {
        axisOf[interleaved ? AXES * i + axis : before + i] = axis;
      }
    }
    return axisOf;
  }
}

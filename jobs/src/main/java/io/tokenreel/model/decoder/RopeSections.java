package io.tokenreel.model.decoder;

import java.util.List;

/**
 * Which position axis each rotary wavelength reads (M-RoPE, arXiv 2409.12191).
 *
 * @param sections wavelengths of time, rows and columns; empty where positions have one axis
 * @param interleaved whether the axes take turns, as in Qwen3-VL, rather than one after the other
 */
record RopeSections(List<Integer> sections, boolean interleaved) {

  /** Positions of one axis. */
  static final RopeSections NONE = new RopeSections(List.of(), false);

  RopeSections {
    sections = List.copyOf(sections);
  }

  /** Axes of a position. */
  int axes() {
    return Math.max(1, sections.size());
  }

  /**
   * The axis that each wavelength reads.
   *
   * @param half wavelengths, half of a head's channels
   * @return {@code [half]}
   */
  int[] axisOf(int half) {
    int[] axisOf = new int[half];
    int from = 0;
    for (int axis = 0; axis < sections.size(); axis++) {
      int section = sections.get(axis);
      for (int i = 0; i < section; i++) {
        int wavelength = interleaved ? 3 * i + axis : from + i;
        if (axis > 0 || !interleaved) {
          axisOf[wavelength] = axis;
        }
      }
      from += section;
    }
    return axisOf;
  }
}

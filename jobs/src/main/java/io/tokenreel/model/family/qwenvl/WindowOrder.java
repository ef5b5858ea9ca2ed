package io.tokenreel.model.family.qwenvl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The windows of Qwen2.5-VL's attention: squares of tokens, cut off at the right and lower border.
 *
 * <p>Source: transformers 5.23, {@code get_vision_window_index} of vision_utils.py.
 */
final class WindowOrder {

  private final List<int[]> windows = new ArrayList<>();

  /**
   * Windows of neighbours that are attended together.
   *
   * @param windows how many follow each other
   * @param size of each of them
   */
  record Group(int windows, int size) {}

  /**
   * Cuts a grid of tokens.
   *
   * @param side tokens along a window's side
   */
  WindowOrder(int rows, int columns, int side) {
    for (int top = 0; top < rows; top += side) {
      for (int left = 0; left < columns; left += side) {
        windows.add(
            window(columns, top, left, Math.min(side, rows - top), Math.min(side, columns - left)));
      }
    }
  }

  private static int[] window(int columns, int top, int left, int high, int wide) {
    int[] tokens = new int[high * wide];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = (top + i / wide) * columns + left + i % wide;
    }
    return tokens;
  }

  /** The windows row-major, each with its tokens row-major, as the reference orders them. */
  List<int[]> windows() {
    return windows;
  }

  /** The windows with those of equally many tokens next to each other, larger ones first. */
  List<int[]> bySize() {
    return windows.stream()
        .sorted(Comparator.comparingInt((int[] window) -> window.length).reversed())
        .toList();
  }

  /** The runs of equal windows in {@link #bySize}; at most four. */
  List<Group> groups() {
    List<Group> groups = new ArrayList<>();
    for (int[] window : bySize()) {
      int last = groups.size() - 1;
      if (last >= 0 && groups.get(last).size() == window.length) {
        groups.set(last, new Group(groups.get(last).windows() + 1, window.length));
      } else {
        groups.add(new Group(1, window.length));
      }
    }
    return groups;
  }
}

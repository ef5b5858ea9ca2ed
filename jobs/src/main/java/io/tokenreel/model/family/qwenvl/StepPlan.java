package io.tokenreel.model.family.qwenvl;

import io.tokenreel.model.family.qwenvl.WindowOrder.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * All that a step's size fixes, whatever its pixels: the order in which its tokens go through the
 * layers, so that a window's lie next to each other, and what follows from it. No native memory.
 *
 * @param grid the patches
 * @param tokens {@code [tokens]}: the token at each place of that order; nobody writes to it
 * @param places {@code [tokens]}: the place of each token; nobody writes to it
 * @param rotary of the patches in that order
 * @param taps of the patches in the grid's order; null without learned positions
 * @param windows the windows in that order, sized in patches; a single one without windows
 */
record StepPlan(
    PatchGrid grid,
    long[] tokens,
    long[] places,
    AxialRotary rotary,
    PositionTaps taps,
    List<Group> windows) {

  /** Makes the plan of a grid. */
  static StepPlan of(QwenVisionConfig config, PatchGrid grid) {
    int each = config.merge() * config.merge();
    int[] tokens = IntStream.range(0, grid.tokens()).toArray();
    List<Group> windows = List.of(new Group(1, grid.patches()));
    if (config.window() > 0) {
      WindowOrder order = new WindowOrder(grid.tokenRows(), grid.tokenColumns(), config.window());
      tokens = order.bySize().stream().flatMapToInt(IntStream::of).toArray();
      windows = new ArrayList<>();
      for (Group group : order.groups()) {
        windows.add(new Group(group.windows(), group.size() * each));
      }
    }
    long[] stored = new long[tokens.length];
    long[] places = new long[tokens.length];
    int[] patches = new int[grid.patches()];
    for (int i = 0; i < tokens.length; i++) {
      stored[i] = tokens[i];
      places[tokens[i]] = i;
      for (int patch = 0; patch < each; patch++) {
        patches[i * each + patch] = tokens[i] * each + patch;
      }
    }
    return new StepPlan(
        grid,
        stored,
        places,
        AxialRotary.of(grid, patches, config.headSize(), config.theta()),
        config.positionSide() > 0 ? PositionTaps.of(grid, config.positionSide()) : null,
        windows);
  }

  /** Whether the order is the grid's. */
  boolean keepsOrder() {
    return windows.size() == 1 && windows.get(0).windows() == 1;
  }
}

package io.tokenreel.model.family.qwenvl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.family.qwenvl.WindowOrder.Group;
import java.util.List;

/**
 * A step's plan on the device, for one forward pass: its arrays end with the manager of the pass.
 * Copying a plan costs nothing next to a layer, and native memory that passes shared would need an
 * owner who knows when the last of them is over.
 *
 * @param grid the patches
 * @param cos {@code (patches, 1, 1, headSize / 2)}
 * @param sin {@code (patches, 1, 1, headSize / 2)}
 * @param windows {@code (groups, 2)}, int64: how many windows, of how many patches
 * @param whole {@code (1, 2)}, int64: one window of all patches
 * @param tokens {@code (tokens)}, int64: the token at each place of the plan's order; null where
 *     that is the grid's
 * @param places {@code (tokens)}, int64: the place of each token; null alike
 * @param taps {@code (patches * 4)}, int64: rows of learned positions; null without
 * @param shares {@code (patches, 4, 1)}: of these rows; null without
 */
record StepTensors(
    PatchGrid grid,
    NDArray cos,
    NDArray sin,
    NDArray windows,
    NDArray whole,
    NDArray tokens,
    NDArray places,
    NDArray taps,
    NDArray shares) {

  /**
   * Copies a plan.
   *
   * @param manager of the pass, which owns the copies
   */
  static StepTensors of(NDManager manager, StepPlan plan, int headSize) {
    PatchGrid grid = plan.grid();
    Shape angles = new Shape(grid.patches(), 1, 1, headSize / 2);
    PositionTaps taps = plan.taps();
    return new StepTensors(
        grid,
        manager.create(plan.rotary().cosines(), angles),
        manager.create(plan.rotary().sines(), angles),
        groups(manager, plan.windows()),
        groups(manager, List.of(new Group(1, grid.patches()))),
        plan.keepsOrder() ? null : manager.create(plan.tokens()),
        plan.keepsOrder() ? null : manager.create(plan.places()),
        taps == null ? null : manager.create(taps.rows()),
        taps == null
            ? null
            : manager.create(taps.shares(), new Shape(grid.patches(), PositionTaps.TAPS, 1)));
  }

  /**
   * On the CPU, where the helpers read the numbers: of a GPU's they would wait for all its work.
   */
  private static NDArray groups(NDManager manager, List<Group> groups) {
    long[] sizes = new long[groups.size() * 2];
    for (int i = 0; i < groups.size(); i++) {
      sizes[2 * i] = groups.get(i).windows();
      sizes[2 * i + 1] = groups.get(i).size();
    }
    NDManager host = manager.getDevice().isGpu() ? manager.newSubManager(Device.cpu()) : manager;
    return host.create(sizes, new Shape(groups.size(), 2));
  }

  /**
   * An array of the grid's order in the plan's.
   *
   * @param x {@code (steps, patches or tokens, channels)}, as is the result, which is x itself
   *     where there is but one order
   */
  NDArray inPlanOrder(NDArray x) {
    return tokens == null ? x : take(x, tokens);
  }

  /** The opposite of {@link #inPlanOrder}. */
  NDArray inGridOrder(NDArray x) {
    return places == null ? x : take(x, places);
  }

  private static NDArray take(NDArray x, NDArray tokens) {
    Shape shape = x.getShape();
    try (NDArray rows = x.reshape(shape.get(0), tokens.size(), -1);
        NDArray taken = rows.get(new NDIndex(":, {}, :", tokens))) {
      return taken.reshape(shape);
    }
  }
}

package io.tokenreel.model.qwenvl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import io.tokenreel.model.engine.Weights;

/**
 * From the two frames of a step to the first hidden state of its patches, in the grid's order.
 *
 * <p>Results belong to the manager of the first argument, which is left with nothing else. Thread-
 * safe.
 */
final class PatchEmbedding {

  private final QwenVisionConfig config;
  private final NDArray subtract; // (3)
  private final NDArray divide; // (3)
  private final NDArray weight; // (hidden, patchValues)
  private final NDArray bias; // (hidden), null without
  private final NDArray positions; // (positionSide * positionSide, hidden), null without

  /**
   * Loads the weights.
   *
   * @param manager owns what is made here, and is not closed here
   */
  PatchEmbedding(
      NDManager manager, QwenVisionConfig config, QwenPixels pixels, QwenVisionWeights weights) {
    this.config = config;
    this.subtract = manager.create(pixels.subtract());
    this.divide = manager.create(pixels.divide());
    this.weight =
        Weights.load(manager, weights.tensor(QwenVisionWeights.PATCH + ".weight"))
            .reshape(config.hidden(), config.patchValues());
    this.bias =
        config.kind() == QwenVlKind.QWEN3_VL
            ? Weights.load(manager, weights.tensor(QwenVisionWeights.PATCH + ".bias"))
            : null;
    this.positions =
        config.positionSide() > 0
            ? Weights.load(manager, weights.tensor(QwenVisionWeights.POSITIONS))
            : null;
  }

  /**
   * Scales levels and cuts them into patches: the reference's {@code pixel_values_videos}.
   *
   * @param rgb {@code (steps, 2, height, width, 3)}, uint8
   * @return {@code (steps, patches, patchValues)}, float32, in the grid's order; a row's values by
   *     colour, frame, y, x
   * @throws IllegalArgumentException when a side is no multiple of a token's
   */
  NDArray patches(NDArray rgb) {
    Shape shape = rgb.getShape();
    PatchGrid grid = PatchGrid.of(config, shape.get(2), shape.get(3));
    int merge = config.merge();
    int patch = config.patch();
    try (NDArray levels = rgb.toType(DataType.FLOAT32, true);
        NDArray cut =
            levels
                .subi(subtract)
                .divi(divide)
                .reshape(
                    shape.get(0),
                    QwenVisionConfig.STEP_FRAMES,
                    grid.tokenRows(),
                    merge,
                    patch,
                    grid.tokenColumns(),
                    merge,
                    patch,
                    3);
        NDArray turned = cut.transpose(0, 2, 5, 3, 6, 8, 1, 4, 7)) {
      return turned.reshape(shape.get(0), grid.patches(), config.patchValues());
    }
  }

  /**
   * The convolution of patches that do not overlap, a linear map of each patch, and learned
   * positions where there are such.
   *
   * @param patches {@code (steps, patches, patchValues)}
   * @return {@code (steps, patches, hidden)}
   */
  NDArray embed(NDArray patches, StepTensors step) {
    NDArray x = Linear.linear(patches, weight, bias).singletonOrThrow();
    if (positions != null) {
      try (NDArray rows = positionRows(step)) {
        x.addi(rows);
      }
    }
    return x;
  }

  /**
   * Learned positions.
   *
   * @return {@code (patches, hidden)}; belongs to the step's manager
   */
  NDArray positionRows(StepTensors step) {
    NDManager manager = step.taps().getManager();
    try (NDArray rows = positions.get(manager, new NDIndex("{}, :", step.taps()));
        NDArray taps = rows.reshape(step.grid().patches(), PositionTaps.TAPS, config.hidden())) {
      return taps.muli(step.shares()).sum(new int[] {1});
    }
  }
}

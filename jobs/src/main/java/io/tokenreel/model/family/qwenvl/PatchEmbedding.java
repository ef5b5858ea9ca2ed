package io.tokenreel.model.family.qwenvl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.engine.TorchFunction;
import io.tokenreel.model.engine.WeightLoader;

/**
 * From the two frames of a step to the first hidden state of its patches, in the grid's order.
 *
 * <p>Results belong to the manager of the first argument, which is left with nothing else. Thread-
 * safe.
 */
final class PatchEmbedding implements AutoCloseable {

  private final QwenVisionConfig config;
  private final NDArray subtract; // (3)
  private final NDArray divide; // (3)
  private final NDList map; // weight (hidden, patchValues), bias (hidden), empty without
  private final TorchFunction linear;
  private final NDArray positions; // (positionSide * positionSide, hidden), null without

  /**
   * Loads the weights.
   *
   * @param loader its manager owns what is made here
   */
  PatchEmbedding(
      WeightLoader loader, QwenVisionConfig config, QwenPixels pixels, QwenVisionWeights weights) {
    this.config = config;
    this.subtract = loader.values(pixels.subtract());
    this.divide = loader.values(pixels.divide());
    this.map =
        new NDList(
            loader
                .matrix(weights.tensor(QwenVisionWeights.PATCH + ".weight"))
                .reshape(config.hidden(), config.patchValues()),
            config.kind() == QwenVlKind.QWEN3_VL
                ? loader.values(weights.tensor(QwenVisionWeights.PATCH + ".bias"))
                : loader.zeros(0));
    this.positions =
        config.positionSide() > 0
            ? loader.values(weights.tensor(QwenVisionWeights.POSITIONS))
            : null;
    this.linear = loader.linear();
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
    NDArray x = linear.apply(patches, map);
    if (positions == null) {
      return x;
    }
    try (x;
        NDArray rows = positionRows(step)) {
      return x.add(rows);
    }
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

  @Override
  public void close() {
    linear.close();
  }
}

package io.tokenreel.model.llava;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import io.tokenreel.model.engine.Weights;

/**
 * From the tower's states to the language model's width, and from a frame's grid to the smaller one
 * that LLaVA feeds for videos (Transformers' {@code apply_pooling}).
 *
 * <p>Results belong to the manager of the argument. Thread-safe.
 */
final class Projector {

  private final NDArray weight1; // (textHidden, hidden)
  private final NDArray bias1; // (textHidden), null without
  private final NDArray weight2; // (textHidden, textHidden)
  private final NDArray bias2; // (textHidden), null without
  private final NDArray pooling; // (pooledGrid * pooledGrid, patches)

  /**
   * Loads the weights.
   *
   * @param manager owns what is made here, and is not closed here
   */
  Projector(NDManager manager, LlavaVisionConfig config, VisionWeights weights) {
    this.weight1 = Weights.load(manager, weights.tensor(VisionWeights.projector(1) + ".weight"));
    this.weight2 = Weights.load(manager, weights.tensor(VisionWeights.projector(2) + ".weight"));
    this.bias1 =
        config.projectorBias()
            ? Weights.load(manager, weights.tensor(VisionWeights.projector(1) + ".bias"))
            : null;
    this.bias2 =
        config.projectorBias()
            ? Weights.load(manager, weights.tensor(VisionWeights.projector(2) + ".bias"))
            : null;
    int grid = config.vision().grid();
    int pooled = config.pooledGrid();
    this.pooling =
        manager.create(
            config.pooling().matrix(grid), new Shape((long) pooled * pooled, (long) grid * grid));
  }

  /**
   * Linear, GELU, linear.
   *
   * @param states {@code (n, patches, hidden)}
   * @return {@code (n, patches, textHidden)}
   */
  NDArray project(NDArray states) {
    NDArray inner = Linear.linear(states, weight1, bias1).singletonOrThrow();
    return Linear.linear(Activation.gelu(inner), weight2, bias2).singletonOrThrow();
  }

  /**
   * Pools every frame's grid.
   *
   * @param projected {@code (n, patches, textHidden)}
   * @return {@code (n, pooledGrid * pooledGrid, textHidden)}
   */
  NDArray pool(NDArray projected) {
    NDArray pooled = pooling.matMul(projected);
    // A result belongs to the first operand's manager, here the one that lives as long as the
    // tower.
    pooled.attach(projected.getManager());
    return pooled;
  }
}

package io.tokenreel.model.family.llava;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.tokenreel.model.engine.TorchFunction;
import io.tokenreel.model.engine.WeightLoader;

/**
 * From the tower's states to the language model's width, and from a frame's grid to the smaller one
 * that LLaVA feeds for videos (Transformers' {@code apply_pooling}).
 *
 * <p>Results belong to the manager of the argument. Thread-safe.
 */
final class Projector implements AutoCloseable {

  /**
   * A weight {@code (textHidden, inputs)} and a bias of each linear map, the bias empty without.
   */
  private final NDList weights = new NDList();

  private final TorchFunction function;
  private final NDArray pooling; // (pooledGrid * pooledGrid, patches)

  /**
   * Loads the weights.
   *
   * @param loader its manager owns what is made here
   */
  Projector(WeightLoader loader, LlavaVisionConfig config, VisionWeights stored) {
    for (int i = 1; i <= 2; i++) {
      String name = VisionWeights.projector(i);
      weights.add(loader.matrix(stored.tensor(name + ".weight")));
      weights.add(
          config.projectorBias() ? loader.values(stored.tensor(name + ".bias")) : loader.zeros(0));
    }
    int grid = config.vision().grid();
    int pooled = config.pooledGrid();
    this.pooling =
        loader
            .values(config.pooling().matrix(grid))
            .reshape((long) pooled * pooled, (long) grid * grid);
    this.function = loader.function(Projector.class, "projector.pt");
  }

  /**
   * Linear, GELU, linear.
   *
   * @param states {@code (n, patches, hidden)}
   * @return {@code (n, patches, textHidden)}
   */
  NDArray project(NDArray states) {
    return function.apply(states, weights);
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

  @Override
  public void close() {
    function.close();
  }
}

package io.tokenreel.model.family.qwenvl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.OpenParts;
import io.tokenreel.model.engine.EngineEncoder;
import io.tokenreel.model.engine.TorchFunction;
import io.tokenreel.model.engine.WeightLoader;
import io.tokenreel.model.safetensors.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The vision tower of a Qwen-VL, from the two frames of a step to its tokens. No step looks at
 * another; a call takes any number of steps of one frame size.
 *
 * <p>From {@link #embed} to {@link #merge} patches lie in the order of the {@link StepPlan}, in
 * which a window's lie next to each other. Results belong to the manager of the first argument,
 * which is left with nothing else: a step of many patches fills gigabytes. Thread-safe.
 *
 * <p>Source: transformers 5.23, models/qwen2_vl, models/qwen2_5_vl and models/qwen3_vl, {@code
 * modeling_*.py}.
 */
final class QwenVisionEncoder implements EngineEncoder.Network {

  private static final int PLANE_AXIS = 2;

  private final OpenParts parts = new OpenParts();
  private final QwenVisionConfig config;
  private final StepPlans plans;
  private final PatchEmbedding embedding;
  private final List<NDList> layers = new ArrayList<>();
  private final NDList merger;
  private final List<NDList> deepstack = new ArrayList<>();
  private final TorchFunction layerFunction;
  private final TorchFunction mergerFunction;

  /**
   * Loads the weights.
   *
   * @param loader its manager owns what is made here
   */
  QwenVisionEncoder(
      WeightLoader loader, QwenVisionConfig config, QwenPixels pixels, QwenVisionWeights weights) {
    this.config = config;
    this.plans = new StepPlans(config);
    this.embedding = parts.add(new PatchEmbedding(loader, config, pixels, weights));
    for (int i = 0; i < config.layers(); i++) {
      layers.add(load(loader, weights, QwenVisionWeights.layerShapes(config, i).keySet()));
    }
    this.merger = merger(loader, weights, QwenVisionWeights.MERGER, config.hidden());
    for (int i = 0; i < config.deepstack().size(); i++) {
      deepstack.add(merger(loader, weights, QwenVisionWeights.deepstack(i), config.mergedHidden()));
    }
    try {
      this.layerFunction =
          parts.add(
              loader.function(QwenVisionEncoder.class, config.kind().modelType() + "_layer.pt"));
      this.mergerFunction =
          parts.add(
              loader.function(
                  QwenVisionEncoder.class, config.kind().norm().helper() + "_merger.pt"));
    } catch (RuntimeException | Error e) {
      parts.close();
      throw e;
    }
  }

  private NDList merger(WeightLoader loader, QwenVisionWeights weights, String name, long normed) {
    return load(loader, weights, QwenVisionWeights.mergerShapes(config, name, normed).keySet());
  }

  /** Arguments of a helper: tensors in the order of their names, then the norms' epsilon. */
  private NDList load(WeightLoader loader, QwenVisionWeights weights, Set<String> names) {
    NDList arguments = new NDList();
    for (String name : names) {
      Tensor stored = weights.tensor(name);
      NDArray tensor = stored.shape().size() > 1 ? loader.matrix(stored) : loader.values(stored);
      arguments.add(
          name.endsWith(".qkv.weight")
              ? tensor.reshape(3, config.heads(), config.headSize(), config.hidden())
              : tensor);
    }
    arguments.add(loader.scalar(QwenVisionConfig.EPSILON));
    return arguments;
  }

  /**
   * Tokens of steps.
   *
   * @param rgb {@code (steps, 2, height, width, 3)}, uint8
   * @return {@code (steps, tokens, planes * out)}, float32: tokens row-major, each its merged
   *     features and then those of every plane of deepstack
   * @throws IllegalArgumentException when a side is no multiple of a token's
   */
  @Override
  public NDArray encode(NDArray rgb) {
    try (NDManager constants = rgb.getManager().newSubManager();
        NDList planes = new NDList()) {
      StepTensors step = step(constants, rgb);
      NDArray x;
      try (NDArray patches = embedding.patches(rgb)) {
        x = embed(patches, step);
      }
      for (int i = 0; i < config.layers(); i++) {
        try (NDArray before = x) {
          x = layer(i, before, step);
        }
        int plane = config.deepstack().indexOf(i);
        if (plane >= 0) {
          planes.add(deepstack(plane, x, step));
        }
      }
      try (NDArray last = x) {
        planes.add(0, merge(last, step));
      }
      return NDArrays.concat(planes, PLANE_AXIS);
    }
  }

  /** The first stage, up to the order of patches. */
  PatchEmbedding embedding() {
    return embedding;
  }

  /**
   * The constants of a pass over frames of a size.
   *
   * @param manager owns them
   * @param rgb {@code (steps, 2, height, width, 3)}
   */
  StepTensors step(NDManager manager, NDArray rgb) {
    Shape shape = rgb.getShape();
    PatchGrid grid = PatchGrid.of(config, shape.get(2), shape.get(3));
    return StepTensors.of(manager, plans.of(grid), config.headSize());
  }

  /**
   * Hidden state 0.
   *
   * @param patches {@code (steps, patches, patchValues)}, in the grid's order
   * @return {@code (steps, patches, hidden)}, in the plan's order
   */
  NDArray embed(NDArray patches, StepTensors step) {
    NDArray x = embedding.embed(patches, step);
    return replace(x, step.inPlanOrder(x));
  }

  /**
   * Hidden state {@code index + 1} from hidden state {@code index}.
   *
   * @param x {@code (steps, patches, hidden)}, in the plan's order, as is the result
   */
  NDArray layer(int index, NDArray x, StepTensors step) {
    NDList arguments = new NDList(layers.get(index));
    arguments.add(step.cos());
    arguments.add(step.sin());
    arguments.add(config.looksAtWindows(index) ? step.windows() : step.whole());
    return layerFunction.apply(x, arguments);
  }

  /**
   * The merged features.
   *
   * @param x the last hidden state
   * @return {@code (steps, tokens, out)}, tokens row-major
   */
  NDArray merge(NDArray x, StepTensors step) {
    return tokens(x, merger, step);
  }

  /**
   * A plane of deepstack.
   *
   * @param x the hidden state after layer {@code config.deepstack().get(plane)}
   * @return {@code (steps, tokens, out)}, tokens row-major
   */
  NDArray deepstack(int plane, NDArray x, StepTensors step) {
    return tokens(x, deepstack.get(plane), step);
  }

  private NDArray tokens(NDArray x, NDList weights, StepTensors step) {
    NDArray tokens = mergerFunction.apply(x, weights);
    return replace(tokens, step.inGridOrder(tokens));
  }

  /** Closes an array that another one has taken the place of. */
  private static NDArray replace(NDArray before, NDArray after) {
    if (after != before) {
      before.close();
    }
    return after;
  }

  @Override
  public void close() {
    parts.close();
  }
}

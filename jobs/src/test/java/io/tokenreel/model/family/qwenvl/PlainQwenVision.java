package io.tokenreel.model.family.qwenvl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.engine.WeightLoader;
import java.util.SplittableRandom;

/**
 * The towers once more, in single operators, one step at a time: patches stay in the grid's order,
 * and windows are a mask over all pairs of patches. No code of the encoder is used.
 */
final class PlainQwenVision {

  private final NDManager manager;
  private final QwenVisionConfig config;
  private final QwenPixels pixels;
  private final QwenVisionWeights weights;
  private int[] ys; // [patches]
  private int[] xs; // [patches]

  PlainQwenVision(
      NDManager manager, QwenVisionConfig config, QwenPixels pixels, QwenVisionWeights weights) {
    this.manager = manager;
    this.config = config;
    this.pixels = pixels;
    this.weights = weights;
  }

  /**
   * Tokens of a step.
   *
   * @param rgb {@code [2][height][width][3]}
   * @return {@code (tokens, planes * out)}
   */
  NDArray encode(byte[] rgb, int height, int width) {
    NDArray x = patches(rgb, height, width).matMul(weight("visual.patch_embed.proj"));
    if (config.kind() == QwenVlKind.QWEN3_VL) {
      x = x.add(load("visual.patch_embed.proj.bias")).add(positions(height, width));
    }
    NDList planes = new NDList();
    for (int i = 0; i < config.layers(); i++) {
      String layer = "visual.blocks." + i;
      x = x.add(attention(layer + ".attn", norm(layer + ".norm1", x), mask(i)));
      x = x.add(mlp(layer + ".mlp", norm(layer + ".norm2", x)));
      if (config.deepstack().contains(i)) {
        String merger = "visual.deepstack_merger_list." + config.deepstack().indexOf(i);
        planes.add(merge(norm(merger + ".norm", tokens(x)), merger, "linear_fc1", "linear_fc2"));
      }
    }
    planes.add(
        0,
        config.kind() == QwenVlKind.QWEN3_VL
            ? merge(norm("visual.merger.norm", x), "visual.merger", "linear_fc1", "linear_fc2")
            : merge(norm("visual.merger.ln_q", x), "visual.merger", "mlp.0", "mlp.2"));
    return NDArrays.concat(planes, 1);
  }

  /** {@code (patches, 3 * 2 * patch * patch)}; notes where the patches lie. */
  private NDArray patches(byte[] rgb, int height, int width) {
    int patch = config.patch();
    int merge = config.merge();
    int count = height / patch * (width / patch);
    ys = new int[count];
    xs = new int[count];
    float[] values = new float[2 * 3 * height * width];
    int row = 0;
    int at = 0;
    for (int top = 0; top < height / patch; top += merge) {
      for (int left = 0; left < width / patch; left += merge) {
        for (int inner = 0; inner < merge * merge; inner++) {
          ys[row] = top + inner / merge;
          xs[row] = left + inner % merge;
          for (int colour = 0; colour < 3; colour++) {
            for (int i = 0; i < 2 * patch * patch; i++) {
              int frame = i / (patch * patch);
              int y = ys[row] * patch + i / patch % patch;
              int x = xs[row] * patch + i % patch;
              int level = rgb[((frame * height + y) * width + x) * 3 + colour] & 0xff;
              values[at++] = (level - pixels.subtract()[colour]) / pixels.divide()[colour];
            }
          }
          row++;
        }
      }
    }
    return manager.create(values, new Shape(count, 3L * 2 * patch * patch));
  }

  /** {@code (patches, hidden)}: between the table's rows and columns that lie around a patch. */
  private NDArray positions(int height, int width) {
    int side = config.positionSide();
    float[] shares = new float[ys.length * side * side];
    for (int patch = 0; patch < ys.length; patch++) {
      double y = (double) ys[patch] * (side - 1) / Math.max(1, height / config.patch() - 1);
      double x = (double) xs[patch] * (side - 1) / Math.max(1, width / config.patch() - 1);
      for (int cell = 0; cell < side * side; cell++) {
        int line = cell / side;
        double down = Math.max(0, 1 - Math.abs(y - line));
        double right = Math.max(0, 1 - Math.abs(x - cell % side));
        shares[patch * side * side + cell] = (float) (down * right);
      }
    }
    return manager
        .create(shares, new Shape(ys.length, (long) side * side))
        .matMul(load("visual.pos_embed.weight"));
  }

  /** {@code (patches, patches)}: 0 for two that look at each other, else minus infinity. */
  private NDArray mask(int layer) {
    float[] mask = new float[ys.length * ys.length];
    int side = config.window() * config.merge();
    if (config.window() > 0 && !config.wholeLayers().contains(layer)) {
      for (int i = 0; i < mask.length; i++) {
        int one = i / ys.length;
        int other = i % ys.length;
        boolean together = ys[one] / side == ys[other] / side && xs[one] / side == xs[other] / side;
        mask[i] = together ? 0 : Float.NEGATIVE_INFINITY;
      }
    }
    return manager.create(mask, new Shape(ys.length, ys.length));
  }

  private NDArray attention(String name, NDArray x, NDArray mask) {
    NDArray projected = linear(name + ".qkv", x);
    int hidden = config.hidden();
    int size = hidden / config.heads();
    NDList heads = new NDList();
    for (int head = 0; head < config.heads(); head++) {
      NDArray query = turn(columns(projected, head * size, size));
      NDArray key = turn(columns(projected, hidden + head * size, size));
      NDArray scores = query.matMul(key.transpose()).div(Math.sqrt(size)).add(mask);
      heads.add(scores.softmax(1).matMul(columns(projected, 2 * hidden + head * size, size)));
    }
    return linear(name + ".proj", NDArrays.concat(heads, 1));
  }

  /** Channel pairs {@code (i, i + size / 2)} turn by the row's or the column's angle. */
  private NDArray turn(NDArray x) {
    int size = (int) x.getShape().get(1);
    int quarter = size / 4;
    float[] cos = new float[ys.length * size / 2];
    float[] sin = new float[cos.length];
    for (int i = 0; i < cos.length; i++) {
      int pair = i % (size / 2);
      int place = pair < quarter ? ys[i / (size / 2)] : xs[i / (size / 2)];
      double angle = place * Math.pow(config.theta(), -4.0 * (pair % quarter) / size);
      cos[i] = (float) Math.cos(angle);
      sin[i] = (float) Math.sin(angle);
    }
    Shape shape = new Shape(ys.length, size / 2);
    NDArray cosines = manager.create(cos, shape);
    NDArray sines = manager.create(sin, shape);
    NDArray one = columns(x, 0, size / 2);
    NDArray other = columns(x, size / 2, size / 2);
    return NDArrays.concat(
        new NDList(one.mul(cosines).sub(other.mul(sines)), other.mul(cosines).add(one.mul(sines))),
        1);
  }

  private NDArray mlp(String name, NDArray x) {
    return switch (config.kind()) {
      case QWEN2_VL -> {
        NDArray inner = linear(name + ".fc1", x);
        yield linear(name + ".fc2", inner.mul(Activation.sigmoid(inner.mul(1.702f))));
      }
      case QWEN2_5_VL -> {
        NDArray gate = linear(name + ".gate_proj", x);
        NDArray opened = gate.mul(Activation.sigmoid(gate)).mul(linear(name + ".up_proj", x));
        yield linear(name + ".down_proj", opened);
      }
      case QWEN3_VL -> {
        NDArray inner = linear(name + ".linear_fc1", x);
        NDArray bent = inner.add(inner.pow(3).mul(0.044715)).mul(Math.sqrt(2 / Math.PI)).tanh();
        yield linear(name + ".linear_fc2", inner.mul(bent.add(1)).mul(0.5));
      }
    };
  }

  private NDArray merge(NDArray normed, String merger, String first, String second) {
    NDArray inner = linear(merger + "." + first, tokens(normed));
    return linear(merger + "." + second, Activation.gelu(inner));
  }

  private NDArray norm(String name, NDArray x) {
    int[] last = {1};
    if (config.kind() == QwenVlKind.QWEN2_5_VL) {
      NDArray scale = x.mul(x).mean(last, true).add(1e-6).sqrt();
      return x.div(scale).mul(load(name + ".weight"));
    }
    NDArray centred = x.sub(x.mean(last, true));
    NDArray scale = centred.mul(centred).mean(last, true).add(1e-6).sqrt();
    return centred.div(scale).mul(load(name + ".weight")).add(load(name + ".bias"));
  }

  private NDArray tokens(NDArray x) {
    return x.reshape(-1, (long) config.merge() * config.merge() * config.hidden());
  }

  private NDArray linear(String name, NDArray x) {
    return x.matMul(weight(name)).add(load(name + ".bias"));
  }

  /** {@code (in, out)}. */
  private NDArray weight(String name) {
    NDArray weight = load(name + ".weight");
    return weight.reshape(weight.getShape().get(0), -1).transpose();
  }

  private NDArray load(String name) {
    return new WeightLoader(manager, ComputeType.F32).values(weights.tensor(name));
  }

  private static NDArray columns(NDArray x, int from, int count) {
    return x.get(new NDIndex(":, %d:%d".formatted(from, from + count)));
  }

  /** Levels from a seed. */
  static byte[] noise(int height, int width, long seed) {
    byte[] rgb = new byte[2 * height * width * 3];
    SplittableRandom random = new SplittableRandom(seed);
    random.nextBytes(rgb);
    return rgb;
  }
}

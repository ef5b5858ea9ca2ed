package io.tokenreel.model.family.llava;

import io.tokenreel.model.safetensors.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * LLaVA-OneVision's vision side written out in float64 loops from the papers' formulas and
 * Transformers' documentation: the oracle of the engine's version, with which it shares no code.
 * One frame at a time.
 */
final class PlainVision {

  private final SiglipConfig config;
  private final Map<String, Tensor> tensors;

  /**
   * @param tensors by published name
   */
  PlainVision(SiglipConfig config, Map<String, Tensor> tensors) {
    this.config = config;
    this.tensors = tensors;
  }

  /**
   * Every stage of one frame.
   *
   * @param rgb {@code [size][size][3]}
   * @param layers encoder layers to run
   */
  Map<String, double[]> stages(byte[] rgb, int layers) {
    Map<String, double[]> stages = new LinkedHashMap<>();
    double[] pixels = pixels(rgb);
    stages.put("pixel_values", pixels);
    double[][] x = embed(pixels);
    stages.put("vision_hidden.0", flat(x));
    for (int i = 0; i < layers; i++) {
      x = layer(x, "vision_tower.vision_model.encoder.layers." + i);
      stages.put("vision_hidden." + (i + 1), flat(x));
    }
    double[][] inner = linear(x, "multi_modal_projector.linear_1");
    for (double[] row : inner) {
      for (int c = 0; c < row.length; c++) {
        row[c] = row[c] * 0.5 * (1 + erf(row[c] / Math.sqrt(2)));
      }
    }
    double[][] projected = linear(inner, "multi_modal_projector.linear_2");
    stages.put("projected", flat(projected));
    stages.put("pooled", flat(pool(projected)));
    return stages;
  }

  /** {@code [3][size][size]}. */
  private double[] pixels(byte[] rgb) {
    int plane = config.imageSize() * config.imageSize();
    double[] pixels = new double[3 * plane];
    for (int i = 0; i < plane; i++) {
      for (int colour = 0; colour < 3; colour++) {
        pixels[colour * plane + i] = ((rgb[3 * i + colour] & 0xff) / 255.0 - 0.5) / 0.5;
      }
    }
    return pixels;
  }

  private double[][] embed(double[] pixels) {
    float[] kernel = floats("vision_tower.vision_model.embeddings.patch_embedding.weight");
    float[] bias = floats("vision_tower.vision_model.embeddings.patch_embedding.bias");
    float[] positions = floats("vision_tower.vision_model.embeddings.position_embedding.weight");
    int size = config.imageSize();
    int patch = config.patchSize();
    int grid = size / patch;
    double[][] x = new double[grid * grid][config.hidden()];
    for (int p = 0; p < x.length; p++) {
      for (int d = 0; d < config.hidden(); d++) {
        double sum = bias[d] + (double) positions[p * config.hidden() + d];
        for (int k = 0; k < 3 * patch * patch; k++) {
          int colour = k / (patch * patch);
          int row = p / grid * patch + k / patch % patch;
          int column = p % grid * patch + k % patch;
          sum +=
              kernel[d * 3 * patch * patch + k]
                  * pixels[colour * size * size + row * size + column];
        }
        x[p][d] = sum;
      }
    }
    return x;
  }

  private double[][] layer(double[][] x, String name) {
    double[][] attended = attention(norm(x, name + ".layer_norm1"), name + ".self_attn");
    double[][] middle = sum(x, attended);
    double[][] inner = linear(norm(middle, name + ".layer_norm2"), name + ".mlp.fc1");
    for (double[] row : inner) {
      for (int c = 0; c < row.length; c++) {
        double cubic = row[c] + 0.044715 * row[c] * row[c] * row[c];
        row[c] = 0.5 * row[c] * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * cubic));
      }
    }
    return sum(middle, linear(inner, name + ".mlp.fc2"));
  }

  private double[][] attention(double[][] x, String name) {
    double[][] query = linear(x, name + ".q_proj");
    double[][] key = linear(x, name + ".k_proj");
    double[][] value = linear(x, name + ".v_proj");
    int width = config.hidden() / config.heads();
    double[][] mixed = new double[x.length][config.hidden()];
    for (int head = 0; head < config.heads(); head++) {
      for (int i = 0; i < x.length; i++) {
        double[] weight = new double[x.length];
        double total = 0;
        for (int j = 0; j < x.length; j++) {
          double dot = 0;
          for (int c = head * width; c < (head + 1) * width; c++) {
            dot += query[i][c] * key[j][c];
          }
          weight[j] = Math.exp(dot / Math.sqrt(width));
          total += weight[j];
        }
        for (int j = 0; j < x.length; j++) {
          for (int c = head * width; c < (head + 1) * width; c++) {
            mixed[i][c] += weight[j] / total * value[j][c];
          }
        }
      }
    }
    return linear(mixed, name + ".out_proj");
  }

  private double[][] norm(double[][] x, String name) {
    float[] weight = floats(name + ".weight");
    float[] bias = floats(name + ".bias");
    double[][] normed = new double[x.length][weight.length];
    for (int i = 0; i < x.length; i++) {
      double mean = 0;
      double square = 0;
      for (double value : x[i]) {
        mean += value / weight.length;
      }
      for (double value : x[i]) {
        square += (value - mean) * (value - mean) / weight.length;
      }
      for (int c = 0; c < weight.length; c++) {
        normed[i][c] =
            (x[i][c] - mean) / Math.sqrt(square + config.epsilon()) * weight[c] + bias[c];
      }
    }
    return normed;
  }

  private double[][] linear(double[][] x, String name) {
    float[] weight = floats(name + ".weight");
    float[] bias = floats(name + ".bias");
    int in = x[0].length;
    double[][] y = new double[x.length][bias.length];
    for (int i = 0; i < x.length; i++) {
      for (int o = 0; o < bias.length; o++) {
        double sum = bias[o];
        for (int c = 0; c < in; c++) {
          sum += x[i][c] * weight[o * in + c];
        }
        y[i][o] = sum;
      }
    }
    return y;
  }

  /** Bilinear, half-pixel centres, to half the rows and columns rounded up. */
  private double[][] pool(double[][] x) {
    int grid = config.imageSize() / config.patchSize();
    int pooled = (grid + 1) / 2;
    double[][] y = new double[pooled * pooled][x[0].length];
    for (int i = 0; i < y.length; i++) {
      int pooledRow = i / pooled;
      double row = Math.max(0, (pooledRow + 0.5) * grid / pooled - 0.5);
      double column = Math.max(0, (i % pooled + 0.5) * grid / pooled - 0.5);
      for (int j = 0; j < x.length; j++) {
        int sourceRow = j / grid;
        double near =
            Math.max(0, 1 - Math.abs(row - sourceRow))
                * Math.max(0, 1 - Math.abs(column - j % grid));
        for (int c = 0; c < y[i].length; c++) {
          y[i][c] += near * x[j][c];
        }
      }
    }
    return y;
  }

  /** The error function by its Taylor series, exact to float64 for the arguments of tests. */
  private static double erf(double x) {
    if (Math.abs(x) > 4) {
      return Math.signum(x); // 1 - erf(4) is 1.5e-8
    }
    double term = x;
    double sum = x;
    for (int n = 1; n < 100; n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }

  private static double[][] sum(double[][] a, double[][] b) {
    double[][] sum = new double[a.length][a[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int c = 0; c < a[i].length; c++) {
        sum[i][c] = a[i][c] + b[i][c];
      }
    }
    return sum;
  }

  private static double[] flat(double[][] x) {
    double[] flat = new double[x.length * x[0].length];
    for (int i = 0; i < x.length; i++) {
      System.arraycopy(x[i], 0, flat, i * x[i].length, x[i].length);
    }
    return flat;
  }

  private float[] floats(String name) {
    return tensors.get(name).floats();
  }
}

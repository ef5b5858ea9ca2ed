package io.tokenreel.model.decoder;

import java.util.Arrays;

/** Qwen2 in float64, one number at a time, with a mask per layer and row: the specification. */
final class ReferenceDecoder {

  private final DecoderConfig config;
  private final DecoderWeights weights;

  ReferenceDecoder(DecoderConfig config, DecoderWeights weights) {
    this.config = config;
    this.weights = weights;
  }

  /** Which earlier rows a row sees in a layer. */
  interface Mask {
    boolean sees(int layer, int row, int other);
  }

  /** What a run gives. */
  static final class Run {
    double[] logits; // of the last row
    double[][] attention; // [layer][row], of the last row, mean over heads
  }

  Run run(float[] rows, Mask mask) {
    int hidden = config.hidden();
    int count = rows.length / hidden;
    double[][] x = new double[count][hidden];
    for (int i = 0; i < rows.length; i++) {
      x[i / hidden][i % hidden] = rows[i];
    }
    Run run = new Run();
    run.attention = new double[config.layers()][count];
    for (int layer = 0; layer < config.layers(); layer++) {
      attention(layer, x, mask, run.attention[layer]);
      mlp(layer, x);
    }
    double[][] last = {norm(x[count - 1], DecoderWeights.NORM)};
    run.logits = linear(last, weights.head().floats(), null)[0];
    return run;
  }

  private void attention(int layer, double[][] x, Mask mask, double[] lastAttention) {
    String name = DecoderWeights.layer(layer);
    double[][] normed = new double[x.length][];
    for (int row = 0; row < x.length; row++) {
      normed[row] = norm(x[row], name + "input_layernorm.weight");
    }
    double[][] queries = rotate(map(normed, name + "self_attn.q_proj"));
    double[][] keys = rotate(map(normed, name + "self_attn.k_proj"));
    double[][] values = map(normed, name + "self_attn.v_proj");
    int size = config.headSize();
    int group = config.heads() / config.keyHeads();
    double[][] attended = new double[x.length][config.hidden()];
    for (int row = 0; row < x.length; row++) {
      for (int head = 0; head < config.heads(); head++) {
        int key = head / group * size;
        double[] weight = new double[row + 1];
        double sum = 0;
        for (int other = 0; other <= row; other++) {
          if (mask.sees(layer, row, other)) {
            double dot = 0;
            for (int i = 0; i < size; i++) {
              dot += queries[row][head * size + i] * keys[other][key + i];
            }
            weight[other] = Math.exp(dot / Math.sqrt(size));
            sum += weight[other];
          }
        }
        for (int other = 0; other <= row; other++) {
          double share = weight[other] / sum;
          if (row == x.length - 1) {
            lastAttention[other] += share / config.heads();
          }
          for (int i = 0; i < size; i++) {
            attended[row][head * size + i] += share * values[other][key + i];
          }
        }
      }
    }
    add(x, linear(attended, floats(name + "self_attn.o_proj.weight"), null));
  }

  private void mlp(int layer, double[][] x) {
    String name = DecoderWeights.layer(layer);
    double[][] normed = new double[x.length][];
    for (int row = 0; row < x.length; row++) {
      normed[row] = norm(x[row], name + "post_attention_layernorm.weight");
    }
    double[][] gate = linear(normed, floats(name + "mlp.gate_proj.weight"), null);
    double[][] up = linear(normed, floats(name + "mlp.up_proj.weight"), null);
    for (int row = 0; row < x.length; row++) {
      for (int i = 0; i < gate[row].length; i++) {
        gate[row][i] = gate[row][i] / (1 + Math.exp(-gate[row][i])) * up[row][i];
      }
    }
    add(x, linear(gate, floats(name + "mlp.down_proj.weight"), null));
  }

  private double[][] rotate(double[][] rows) {
    int size = config.headSize();
    double[][] rotated = new double[rows.length][];
    for (int row = 0; row < rows.length; row++) {
      rotated[row] = rows[row].clone();
      for (int i = 0; i < rows[row].length; i++) {
        int channel = i % size;
        int pair = channel % (size / 2);
        double angle = row / Math.pow(config.ropeTheta(), 2.0 * pair / size);
        double partner = channel < size / 2 ? -rows[row][i + size / 2] : rows[row][i - size / 2];
        rotated[row][i] = rows[row][i] * Math.cos(angle) + partner * Math.sin(angle);
      }
    }
    return rotated;
  }

  private double[] norm(double[] row, String name) {
    float[] weight = floats(name);
    double squares = Arrays.stream(row).map(value -> value * value).sum();
    double scale = 1 / Math.sqrt(squares / row.length + config.epsilon());
    double[] normed = new double[row.length];
    for (int i = 0; i < row.length; i++) {
      normed[i] = row[i] * scale * weight[i];
    }
    return normed;
  }

  private double[][] map(double[][] rows, String name) {
    return linear(rows, floats(name + ".weight"), floats(name + ".bias"));
  }

  private static double[][] linear(double[][] rows, float[] weight, float[] bias) {
    int in = rows[0].length;
    double[][] out = new double[rows.length][weight.length / in];
    for (int row = 0; row < rows.length; row++) {
      for (int o = 0; o < out[row].length; o++) {
        double sum = bias == null ? 0 : bias[o];
        for (int i = 0; i < in; i++) {
          sum += rows[row][i] * weight[o * in + i];
        }
        out[row][o] = sum;
      }
    }
    return out;
  }

  private static void add(double[][] x, double[][] more) {
    for (int row = 0; row < x.length; row++) {
      for (int i = 0; i < x[row].length; i++) {
        x[row][i] += more[row][i];
      }
    }
  }

  private float[] floats(String name) {
    return weights.tensor(name).floats();
  }
}

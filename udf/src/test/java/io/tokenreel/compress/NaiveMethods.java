package io.tokenreel.compress;

import io.tokenreel.token.TokenBlock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The methods once more, for small blocks: nested float64 loops written from the papers' equations
 * that share nothing with the library.
 */
final class NaiveMethods {

  /** (t, m, d) */
  private final double[][][] x;

  private final int frames;
  private final int perFrame;
  private final int dim;

  /** Channels that the released code looks at. */
  private final int channels;

  NaiveMethods(TokenBlock block) {
    this(block, block.shape().dim() / 2);
  }

  NaiveMethods(TokenBlock block, int channels) {
    this.channels = channels;
    frames = block.shape().frames();
    perFrame = block.shape().tokensPerFrame();
    dim = block.shape().dim();
    float[] values = block.format().decode(block.data());
    x = new double[frames][perFrame][dim];
    for (int i = 0; i < values.length; i++) {
      x[i / dim / perFrame][i / dim % perFrame][i % dim] = values[i];
    }
  }

  /** L2 norms (t, m). */
  double[][] norms() {
    return each((t, m) -> Math.sqrt(dot(x[t][m], x[t][m])));
  }

  /** The paper's u_video (t, m): minus the cosine with the mean of all tokens. */
  double[][] paperVideo() {
    double[] mean = mean(x);
    return each((t, m) -> -cosine(x[t][m], mean));
  }

  /** The paper's u_frame (t, m): minus the cosine with the mean of the frame. */
  double[][] paperFrame() {
    return each((t, m) -> -cosine(x[t][m], mean(new double[][][] {x[t]})));
  }

  /** The paper's r_t, at most 1. */
  double[] paperBudgets(double retention) {
    double[] e = exponentials(paperVideo(), 1);
    double sum = Arrays.stream(e).sum();
    return Arrays.stream(e)
        .map(v -> Math.min(1, retention * (1 + v / sum - 1.0 / frames)))
        .toArray();
  }

  /** The released code's v (t, m): five Gaussians around the mean of the normalised tokens. */
  double[][] releaseVideo() {
    double[][][] y = normalisedLowVariance();
    return each((t, m) -> gaussians(y[t][m], mean(y)));
  }

  /** The released code's f (t, m): the same around the frame's mean. */
  double[][] releaseFrame() {
    double[][][] y = normalisedLowVariance();
    return each((t, m) -> gaussians(y[t][m], mean(new double[][][] {y[t]})));
  }

  /** The released code's r_t. */
  double[] releaseBudgets(double retention) {
    double[] e = exponentials(releaseVideo(), -1);
    double sum = Arrays.stream(e).sum() + 1e-8;
    double mean = Arrays.stream(e).map(v -> v / sum).sum() / frames;
    return Arrays.stream(e).map(v -> Math.min(1, retention * (1 + v / sum - mean))).toArray();
  }

  /** vLLM's r_t of a pruning rate: the released code's without an epsilon. */
  double[] vllmBudgets(double rate) {
    double[] e = exponentials(releaseVideo(), -1);
    double sum = Arrays.stream(e).sum();
    double mean = Arrays.stream(e).map(v -> v / sum).sum() / frames;
    return Arrays.stream(e).map(v -> Math.min(1, (1 - rate) * (1 + v / sum - mean))).toArray();
  }

  /** Cosines (t, m) with the token at the same place of another frame; 0 for a negative one. */
  double[][] cosines(int[] others) {
    return each((t, m) -> others[t] < 0 ? 0 : cosine(x[t][m], x[others[t]][m]));
  }

  /** Flat indices of each frame's {@code counts[t]} highest scores, ascending. */
  static int[] highest(double[][] scores, int[] counts) {
    List<Integer> kept = new ArrayList<>();
    for (int t = 0; t < scores.length; t++) {
      double[] frame = scores[t];
      int first = t * frame.length;
      IntStream.range(0, frame.length)
          .boxed()
          .sorted(Comparator.comparingDouble(m -> -frame[m])) // a stable sort: lower index first
          .limit(counts[t])
          .sorted()
          .forEach(m -> kept.add(first + m));
    }
    return kept.stream().mapToInt(i -> i).toArray();
  }

  private interface Cell {
    double at(int t, int m);
  }

  private double[][] each(Cell cell) {
    double[][] values = new double[frames][perFrame];
    for (int t = 0; t < frames; t++) {
      for (int m = 0; m < perFrame; m++) {
        values[t][m] = cell.at(t, m);
      }
    }
    return values;
  }

  /** exp((q_t - max q) / 0.01) with q the frame's mean value times a sign. */
  private static double[] exponentials(double[][] values, int sign) {
    double[] q =
        Arrays.stream(values)
            .mapToDouble(frame -> sign * Arrays.stream(frame).average().orElseThrow())
            .toArray();
    double max = Arrays.stream(q).max().orElseThrow();
    return Arrays.stream(q).map(v -> Math.exp((v - max) / 0.01)).toArray();
  }

  private double[][][] normalisedLowVariance() {
    double[] mean = mean(x);
    double[] variance = new double[dim];
    for (double[][] frame : x) {
      for (double[] token : frame) {
        for (int d = 0; d < dim; d++) {
          variance[d] += (token[d] - mean[d]) * (token[d] - mean[d]);
        }
      }
    }
    int[] lowest =
        IntStream.range(0, dim)
            .boxed()
            .sorted(Comparator.comparingDouble(d -> variance[d]))
            .limit(channels)
            .mapToInt(d -> d)
            .toArray();
    double[][][] y = new double[frames][perFrame][];
    for (int t = 0; t < frames; t++) {
      for (int m = 0; m < perFrame; m++) {
        double[] token = x[t][m];
        double[] chosen = Arrays.stream(lowest).mapToDouble(d -> token[d]).toArray();
        double norm = Math.max(Math.sqrt(dot(chosen, chosen)), 1e-12);
        y[t][m] = Arrays.stream(chosen).map(v -> v / norm).toArray();
      }
    }
    return y;
  }

  private static double gaussians(double[] y, double[] centre) {
    double squaredDistance = 0;
    for (int d = 0; d < y.length; d++) {
      squaredDistance += (y[d] - centre[d]) * (y[d] - centre[d]);
    }
    double sum = 0;
    for (int k = -3; k <= 1; k++) {
      sum += Math.exp(-squaredDistance / (2 * Math.pow(2, k)));
    }
    return sum;
  }

  /** The mean of all tokens (t, m, d). */
  private static double[] mean(double[][][] tokens) {
    double[] sum = new double[tokens[0][0].length];
    for (double[][] frame : tokens) {
      for (double[] token : frame) {
        for (int d = 0; d < sum.length; d++) {
          sum[d] += token[d];
        }
      }
    }
    return Arrays.stream(sum).map(v -> v / (tokens.length * tokens[0].length)).toArray();
  }

  private static double cosine(double[] a, double[] b) {
    double norms = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b));
    return norms == 0 ? 0 : dot(a, b) / norms;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += a[d] * b[d];
    }
    return sum;
  }
}

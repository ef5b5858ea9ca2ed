package io.tokenreel.video;

/**
 * Evenly spaced places among frames, to the last bit as the array library computes them that a
 * model's own sampler uses. They differ: a place that is a whole number and a half in exact
 * arithmetic, or a whole number, is a little more or less in floating point, and so another frame.
 */
final class EvenSpacing {

  /** PyTorch computes so many float32 at once, each from the first of them. */
  private static final int LANES = 8;

  private EvenSpacing() {}

  /**
   * {@code numpy.linspace(0, count - 1, wanted)}: the step is rounded first, then multiplied; the
   * end is exact.
   *
   * <p>Source: numpy/_core/function_base.py of numpy 2.
   *
   * @param count at least 1
   * @param wanted at least 1
   * @return {@code [wanted]}, float64 values
   */
  static double[] numpyLinspace(int count, int wanted) {
    double[] places = new double[wanted];
    int last = count - 1;
    double step = wanted > 1 ? (double) last / (wanted - 1) : 0;
    for (int i = 0; i < wanted; i++) {
      places[i] = i * step;
    }
    if (wanted > 1) {
      places[wanted - 1] = last;
    }
    return places;
  }

  /**
   * {@code torch.linspace(0, count - 1, wanted)} in float32: the first half counts from the start,
   * the second from the end. Multiplication and subtraction are one operation, as PyTorch's kernels
   * have it on processors with AVX2. Above 2^24 frames the last place may be behind the last frame,
   * which has no float32 of its own.
   *
   * <p>Source: PyTorch, aten/src/ATen/native/cpu/RangeFactoriesKernel.cpp, compared with 2.7.1.
   *
   * @param count at least 1
   * @param wanted at least 1
   * @return {@code [wanted]}, float32 values
   */
  static double[] torchLinspace(int count, int wanted) {
    double[] places = new double[wanted];
    if (wanted == 1) {
      return places;
    }
    float last = count - 1;
    float step = last / (wanted - 1);
    for (int i = 0; i < wanted; i++) {
      places[i] = i < wanted / 2 ? step * i : Math.fma(-step, wanted - 1 - i, last);
    }
    return places;
  }

  /**
   * {@code torch.arange(0, count, count / wanted)} in float32. Where PyTorch's rounding gives one
   * place more, behind the last frame, it is left out; the reference fails on it.
   *
   * <p>Source: PyTorch, aten/src/ATen/native/cpu/RangeFactoriesKernel.cpp and Loops.h, compared
   * with 2.7.1: pairs of vectors of {@value #LANES} as long as there are any, then single numbers.
   *
   * @param count at least 1
   * @param wanted at least 1
   * @return {@code [wanted]}, float32 values
   */
  static double[] torchArange(int count, int wanted) {
    double[] places = new double[wanted];
    double step = (double) count / wanted;
    int inVectors = wanted - wanted % (2 * LANES);
    for (int i = 0; i < wanted; i++) {
      int lane = i < inVectors ? i % LANES : 0;
      float first = (float) (step * (i - lane));
      places[i] = (float) (first + lane * step);
    }
    return places;
  }
}

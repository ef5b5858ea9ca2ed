package io.tokenreel.kernel;

import io.tokenreel.token.TokenCodec;
import io.tokenreel.token.TokenDtype;
import java.util.Arrays;

/** The specification of {@link Kernels}, in plain loops. */
public final class ScalarKernels implements Kernels {

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public int firstNonFinite(TokenDtype dtype, byte[] data, int byteOffset, int count) {
    float[] value = new float[1];
    for (int i = 0; i < count; i++) {
      TokenCodec.decode(data, byteOffset + i * dtype.bytes(), dtype, value, 0, 1);
      if (!Float.isFinite(value[0])) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public void widen(
      TokenDtype dtype, byte[] data, int byteOffset, float[] out, int outOffset, int count) {
    TokenCodec.decode(data, byteOffset, dtype, out, outOffset, count);
  }

  @Override
  public void addMoments(
      float[] rows, int count, int width, float[] shift, double[] sum, double[] squares) {
    for (int r = 0; r < count; r++) {
      for (int i = 0; i < width; i++) {
        double x = (double) rows[r * width + i] - shift[i];
        sum[i] += x;
        squares[i] += x * x;
      }
    }
  }

  @Override
  public void addScaled(float[] rows, int count, int width, double[] scales, double[] sum) {
    for (int r = 0; r < count; r++) {
      for (int i = 0; i < width; i++) {
        sum[i] += rows[r * width + i] * scales[r];
      }
    }
  }

  @Override
  public void weightedSquares(float[] rows, int count, int width, double[] weights, double[] out) {
    double[] stripes = new double[Stripes.COUNT];
    for (int r = 0; r < count; r++) {
      Arrays.fill(stripes, 0);
      for (int i = 0; i < width; i++) {
        double x = rows[r * width + i];
        stripes[i % Stripes.COUNT] += x * x * weights[i];
      }
      out[r] = Stripes.total(stripes, 0);
    }
  }

  @Override
  public void dots(float[] rows, int count, int width, double[] weights, double[] out) {
    double[] stripes = new double[Stripes.COUNT];
    for (int r = 0; r < count; r++) {
      Arrays.fill(stripes, 0);
      for (int i = 0; i < width; i++) {
        stripes[i % Stripes.COUNT] += rows[r * width + i] * weights[i];
      }
      out[r] = Stripes.total(stripes, 0);
    }
  }

  @Override
  public void pairDots(float[] rows, float[] others, int count, int width, double[] out) {
    double[] stripes = new double[Stripes.COUNT];
    for (int r = 0; r < count; r++) {
      Arrays.fill(stripes, 0);
      for (int i = 0; i < width; i++) {
        stripes[i % Stripes.COUNT] += (double) rows[r * width + i] * others[r * width + i];
      }
      out[r] = Stripes.total(stripes, 0);
    }
  }
}

package io.tokenreel.kernel;

import io.tokenreel.token.StoredRows;
import io.tokenreel.token.TokenFormat;

/** The specification of {@link Kernels}, in plain loops. */
public final class ScalarKernels implements Kernels {

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public int firstNonFinite(TokenFormat format, byte[] data, int byteOffset, int count) {
    float[] value = new float[1];
    for (int i = 0; i < count; i++) {
      format.decode(data, byteOffset + format.bytes(i), 1, value, 0, 1);
      if (!Float.isFinite(value[0])) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public void widen(StoredRows stored, int[] from, RowBatch into) {
    widen(stored, from, 0, into);
  }

  /** The rows' channels from {@code first} on. */
  void widen(StoredRows stored, int[] from, int first, RowBatch into) {
    TokenFormat format = stored.format();
    float[] values = new float[stored.channels() - first];
    for (int r = 0; r < into.count; r++) {
      int at = from[r] * format.bytes(stored.channels()) + format.bytes(first);
      format.decode(stored.data(), at, stored.scale(from[r]), values, 0, values.length);
      int out = into.offsets[r] + first * Float.BYTES;
      TokenFormat.F32.encode(values, 0, values.length, into.data, out);
    }
  }

  @Override
  public void addMoments(RowBatch rows, double[] shift, double[] sum, double[] squares) {
    for (int r = 0; r < rows.count; r++) {
      for (int i = 0; i < rows.width; i++) {
        double x = rows.value(r, i) - shift[i];
        sum[i] += x;
        squares[i] = Math.fma(x, x, squares[i]);
      }
    }
  }

  @Override
  public void addScaled(RowBatch rows, double[] scales, double[] sum) {
    for (int r = 0; r < rows.count; r++) {
      for (int i = 0; i < rows.width; i++) {
        sum[i] = Math.fma(rows.value(r, i), scales[r], sum[i]);
      }
    }
  }

  @Override
  public void weightedSquares(RowBatch rows, double[] weights, double[] out) {
    for (int r = 0; r < rows.count; r++) {
      double[] stripes = new double[Stripes.COUNT];
      for (int i = 0; i < rows.width; i++) {
        double x = rows.value(r, i);
        int stripe = i % Stripes.COUNT;
        stripes[stripe] = Math.fma(x * weights[i], x, stripes[stripe]);
      }
      out[r] = Stripes.total(stripes, 0);
    }
  }

  @Override
  public void twoDots(
      RowBatch rows, double[] first, double[] second, double[] firstOut, double[] secondOut) {
    dots(rows, first, firstOut);
    dots(rows, second, secondOut);
  }

  private static void dots(RowBatch rows, double[] vector, double[] out) {
    for (int r = 0; r < rows.count; r++) {
      double[] stripes = new double[Stripes.COUNT];
      for (int i = 0; i < rows.width; i++) {
        int stripe = i % Stripes.COUNT;
        stripes[stripe] = Math.fma(rows.value(r, i), vector[i], stripes[stripe]);
      }
      out[r] = Stripes.total(stripes, 0);
    }
  }

  @Override
  public void pairDots(RowBatch rows, RowBatch others, double[] out) {
    for (int r = 0; r < rows.count; r++) {
      double[] stripes = new double[Stripes.COUNT];
      for (int i = 0; i < rows.width; i++) {
        int stripe = i % Stripes.COUNT;
        stripes[stripe] = Math.fma(rows.value(r, i), others.value(r, i), stripes[stripe]);
      }
      out[r] = Stripes.total(stripes, 0);
    }
  }
}

package io.tokenreel.kernel;

import static io.tokenreel.kernel.VectorKernels.ABREAST;
import static io.tokenreel.kernel.VectorKernels.DOUBLES;
import static io.tokenreel.kernel.VectorKernels.LANES;
import static io.tokenreel.kernel.VectorKernels.doubles;
import static io.tokenreel.kernel.VectorKernels.load;

import jdk.incubator.vector.DoubleVector;

/**
 * Sums over rows, one for each channel. Channels lie across lanes, so such a sum keeps its order by
 * itself; it stays in a register while eight rows are added.
 */
final class VectorRowSums {

  private VectorRowSums() {}

  static void addMoments(RowBatch rows, double[] shift, double[] sum, double[] squares) {
    int r = 0;
    for (; r + ABREAST <= rows.count; r += ABREAST) {
      addMomentsOfEight(rows, r, shift, sum, squares);
    }
    for (; r < rows.count; r++) {
      int row = rows.offsets[r];
      for (int i = 0; i < rows.width; i += LANES) {
        DoubleVector x = load(rows.data, row, i).sub(doubles(shift, i));
        doubles(sum, i).add(x).intoArray(sum, i);
        x.fma(x, doubles(squares, i)).intoArray(squares, i);
      }
    }
  }

  private static void addMomentsOfEight(
      RowBatch rows, int r, double[] shift, double[] sum, double[] squares) {
    byte[] data = rows.data;
    int[] offsets = rows.offsets;
    int width = rows.width;
    int row0 = offsets[r];
    int row1 = offsets[r + 1];
    int row2 = offsets[r + 2];
    int row3 = offsets[r + 3];
    int row4 = offsets[r + 4];
    int row5 = offsets[r + 5];
    int row6 = offsets[r + 6];
    int row7 = offsets[r + 7];
    for (int i = 0; i < width; i += LANES) {
      DoubleVector origin = doubles(shift, i);
      DoubleVector total = doubles(sum, i);
      DoubleVector square = doubles(squares, i);
      DoubleVector x0 = load(data, row0, i).sub(origin);
      total = total.add(x0);
      square = x0.fma(x0, square);
      DoubleVector x1 = load(data, row1, i).sub(origin);
      total = total.add(x1);
      square = x1.fma(x1, square);
      DoubleVector x2 = load(data, row2, i).sub(origin);
      total = total.add(x2);
      square = x2.fma(x2, square);
      DoubleVector x3 = load(data, row3, i).sub(origin);
      total = total.add(x3);
      square = x3.fma(x3, square);
      DoubleVector x4 = load(data, row4, i).sub(origin);
      total = total.add(x4);
      square = x4.fma(x4, square);
      DoubleVector x5 = load(data, row5, i).sub(origin);
      total = total.add(x5);
      square = x5.fma(x5, square);
      DoubleVector x6 = load(data, row6, i).sub(origin);
      total = total.add(x6);
      square = x6.fma(x6, square);
      DoubleVector x7 = load(data, row7, i).sub(origin);
      total = total.add(x7);
      square = x7.fma(x7, square);
      total.intoArray(sum, i);
      square.intoArray(squares, i);
    }
  }

  static void addScaled(RowBatch rows, double[] scales, double[] sum) {
    int r = 0;
    for (; r + ABREAST <= rows.count; r += ABREAST) {
      addScaledOfEight(rows, r, scales, sum);
    }
    for (; r < rows.count; r++) {
      int row = rows.offsets[r];
      DoubleVector scale = DoubleVector.broadcast(DOUBLES, scales[r]);
      for (int i = 0; i < rows.width; i += LANES) {
        load(rows.data, row, i).fma(scale, doubles(sum, i)).intoArray(sum, i);
      }
    }
  }

  private static void addScaledOfEight(RowBatch rows, int r, double[] scales, double[] sum) {
    byte[] data = rows.data;
    int[] offsets = rows.offsets;
    int width = rows.width;
    int row0 = offsets[r];
    int row1 = offsets[r + 1];
    int row2 = offsets[r + 2];
    int row3 = offsets[r + 3];
    int row4 = offsets[r + 4];
    int row5 = offsets[r + 5];
    int row6 = offsets[r + 6];
    int row7 = offsets[r + 7];
    DoubleVector scale0 = DoubleVector.broadcast(DOUBLES, scales[r]);
    DoubleVector scale1 = DoubleVector.broadcast(DOUBLES, scales[r + 1]);
    DoubleVector scale2 = DoubleVector.broadcast(DOUBLES, scales[r + 2]);
    DoubleVector scale3 = DoubleVector.broadcast(DOUBLES, scales[r + 3]);
    DoubleVector scale4 = DoubleVector.broadcast(DOUBLES, scales[r + 4]);
    DoubleVector scale5 = DoubleVector.broadcast(DOUBLES, scales[r + 5]);
    DoubleVector scale6 = DoubleVector.broadcast(DOUBLES, scales[r + 6]);
    DoubleVector scale7 = DoubleVector.broadcast(DOUBLES, scales[r + 7]);
    for (int i = 0; i < width; i += LANES) {
      DoubleVector total = doubles(sum, i);
      total = load(data, row0, i).fma(scale0, total);
      total = load(data, row1, i).fma(scale1, total);
      total = load(data, row2, i).fma(scale2, total);
      total = load(data, row3, i).fma(scale3, total);
      total = load(data, row4, i).fma(scale4, total);
      total = load(data, row5, i).fma(scale5, total);
      total = load(data, row6, i).fma(scale6, total);
      total = load(data, row7, i).fma(scale7, total);
      total.intoArray(sum, i);
    }
  }
}

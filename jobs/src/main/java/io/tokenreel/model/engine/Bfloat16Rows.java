package io.tokenreel.model.engine;

import io.tokenreel.token.HalfPrecision;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The product of a row with each row of a bfloat16 matrix. Two numbers come in the lane of one: a
 * shift makes a float32 of the first, a mask of the second. Widening first would take longer than
 * reading float32.
 */
final class Bfloat16Rows {

  private static final VectorSpecies<Integer> INTS = FloatLanes.FLOATS.withLanes(int.class);
  private static final int SECOND = 0xffff0000;

  private Bfloat16Rows() {}

  static void products(RowKernels.Matrix matrix, float[] row, float[] products) {
    float[] firsts = new float[row.length / 2];
    float[] seconds = new float[row.length / 2];
    for (int i = 0; i < firsts.length; i++) {
      firsts[i] = row[2 * i];
      seconds[i] = row[2 * i + 1];
    }
    for (int i = 0; i < matrix.rows(); i++) {
      int at = matrix.offset() + i * matrix.rowBytes();
      float sum = dot(matrix.values(), at, firsts, seconds);
      if (row.length % 2 == 1) {
        int last = row.length - 1;
        sum = Math.fma(number(matrix.values(), at + Short.BYTES * last), row[last], sum);
      }
      products[i] = sum;
    }
  }

  private static float dot(ByteBuffer matrix, int offset, float[] firsts, float[] seconds) {
    FloatVector sum0 = FloatLanes.zero();
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    int at = offset;
    int i = 0;
    for (; i <= firsts.length - 2 * FloatLanes.LANES; i += 2 * FloatLanes.LANES) {
      IntVector pairs = pairs(matrix, at);
      IntVector more = pairs(matrix, at + FloatLanes.BYTES);
      sum0 = first(pairs).fma(FloatLanes.load(firsts, i), sum0);
      sum1 = second(pairs).fma(FloatLanes.load(seconds, i), sum1);
      sum2 = first(more).fma(FloatLanes.load(firsts, i + FloatLanes.LANES), sum2);
      sum3 = second(more).fma(FloatLanes.load(seconds, i + FloatLanes.LANES), sum3);
      at += 2 * FloatLanes.BYTES;
    }
    float sum = FloatLanes.total(sum0.add(sum1).add(sum2.add(sum3)));
    for (; i < firsts.length; i++) {
      sum = Math.fma(number(matrix, at), firsts[i], sum);
      sum = Math.fma(number(matrix, at + Short.BYTES), seconds[i], sum);
      at += 2 * Short.BYTES;
    }
    return sum;
  }

  private static IntVector pairs(ByteBuffer matrix, int at) {
    return IntVector.fromByteBuffer(INTS, matrix, at, ByteOrder.LITTLE_ENDIAN);
  }

  private static FloatVector first(IntVector pairs) {
    return pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  private static FloatVector second(IntVector pairs) {
    return pairs.and(SECOND).reinterpretAsFloats();
  }

  private static float number(ByteBuffer matrix, int at) {
    return HalfPrecision.fromBf16(matrix.getShort(at));
  }
}

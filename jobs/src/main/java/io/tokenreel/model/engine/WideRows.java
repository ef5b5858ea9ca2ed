package io.tokenreel.model.engine;

import io.tokenreel.model.ComputeType;
import io.tokenreel.token.HalfPrecision;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Float32 rows of a matrix: where they lie, or widened a block at a time into memory that stays in
 * the processor's cache.
 */
final class WideRows {

  private static final int BLOCK_VALUES = 4096;

  private static final VectorSpecies<Integer> INTS = FloatLanes.FLOATS.withLanes(int.class);
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(FloatLanes.FLOATS.vectorBitSize() / 2));

  private static final int F16_SIGN = 0x8000;
  private static final int F16_INFINITE = 0x7c00;
  private static final int F16_FRACTION = 10; // bits
  private static final int F32_FRACTION = 23;
  private static final int F32_INFINITE = 0x7f800000;
  private static final float F16_BIAS = 0x1p112f; // of float32 over that of float16

  private static final ThreadLocal<ByteBuffer> WIDE =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(0));

  private WideRows() {}

  /** Rows that are taken together. */
  static int block(RowKernels.Matrix matrix) {
    return matrix.type() == ComputeType.F32
        ? Math.max(1, matrix.rows())
        : Math.max(1, BLOCK_VALUES / Math.max(1, matrix.columns()));
  }

  /** Some rows, valid until the thread asks again. */
  static RowKernels.Matrix of(RowKernels.Matrix matrix, int from, int count) {
    RowKernels.Matrix rows = matrix.rows(from, count);
    if (matrix.type() == ComputeType.F32) {
      return rows;
    }
    int values = count * matrix.columns();
    ByteBuffer wide = memory(values * Float.BYTES);
    ByteBuffer stored = rows.values();
    int i = 0;
    if (matrix.type() == ComputeType.BF16) {
      for (; i <= values - FloatLanes.LANES; i += FloatLanes.LANES) {
        store(bits(stored, rows.offset() + 2 * i).lanewise(VectorOperators.LSHL, 16), wide, i);
      }
    } else {
      for (; i <= values - FloatLanes.LANES; i += FloatLanes.LANES) {
        store(float32(bits(stored, rows.offset() + 2 * i)), wide, i);
      }
    }
    for (; i < values; i++) {
      short one = stored.getShort(rows.offset() + 2 * i);
      wide.putFloat(
          i * Float.BYTES,
          matrix.type() == ComputeType.BF16
              ? HalfPrecision.fromBf16(one)
              : HalfPrecision.fromF16(one));
    }
    return new RowKernels.Matrix(wide, 0, count, matrix.columns());
  }

  private static ByteBuffer memory(int bytes) {
    ByteBuffer wide = WIDE.get();
    if (wide.capacity() < bytes) {
      wide = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
      WIDE.set(wide);
    }
    return wide;
  }

  /** The bits in the lower half of each lane; the upper half has no meaning. */
  private static IntVector bits(ByteBuffer stored, int at) {
    return (IntVector)
        ShortVector.fromByteBuffer(SHORTS, stored, at, ByteOrder.LITTLE_ENDIAN)
            .convertShape(VectorOperators.S2I, INTS, 0);
  }

  /** A product does the rest for numbers below the least normal one, too; infinite ones aside. */
  private static IntVector float32(IntVector half) {
    IntVector magnitude =
        half.and(F16_SIGN - 1).lanewise(VectorOperators.LSHL, F32_FRACTION - F16_FRACTION);
    VectorMask<Integer> infinite = half.and(F16_INFINITE).compare(VectorOperators.EQ, F16_INFINITE);
    return magnitude
        .reinterpretAsFloats()
        .mul(F16_BIAS)
        .reinterpretAsInts()
        .blend(magnitude.or(F32_INFINITE), infinite)
        .or(half.and(F16_SIGN).lanewise(VectorOperators.LSHL, 16));
  }

  private static void store(IntVector bits, ByteBuffer wide, int i) {
    bits.intoByteBuffer(wide, i * Float.BYTES, ByteOrder.LITTLE_ENDIAN);
  }
}

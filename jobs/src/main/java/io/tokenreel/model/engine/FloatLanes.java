package io.tokenreel.model.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vectors of float32 of this machine's width. Loaded only where the module of vectors is there, see
 * {@link RowKernels#available}.
 */
final class FloatLanes {

  /** The most numbers that four vectors hold: a multiple of what they do. */
  static final int MOST_STEP = 64;

  static final VectorSpecies<Float> FLOATS = species();
  static final int LANES = FLOATS.length();
  static final int BYTES = FLOATS.vectorByteSize();

  private static final VectorShuffle<Float> DOWN_8 = down(8);
  private static final VectorShuffle<Float> DOWN_4 = down(4);
  private static final VectorShuffle<Float> DOWN_2 = down(2);
  private static final VectorShuffle<Float> DOWN_1 = down(1);

  private static VectorSpecies<Float> species() {
    VectorSpecies<Float> preferred = FloatVector.SPECIES_PREFERRED;
    return preferred.length() * 4 > MOST_STEP ? FloatVector.SPECIES_512 : preferred;
  }

  private static VectorShuffle<Float> down(int lanes) {
    return VectorShuffle.fromOp(FLOATS, lane -> (lane + lanes) % LANES);
  }

  /** The upper half of the lanes is added to the lower one until one is left. */
  static float total(FloatVector sums) {
    FloatVector left = sums;
    if (LANES > 8) {
      left = left.add(left.rearrange(DOWN_8));
    }
    if (LANES > 4) {
      left = left.add(left.rearrange(DOWN_4));
    }
    if (LANES > 2) {
      left = left.add(left.rearrange(DOWN_2));
    }
    return left.add(left.rearrange(DOWN_1)).lane(0);
  }

  static FloatVector broadcast(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }

  static FloatVector load(ByteBuffer matrix, int at) {
    return FloatVector.fromByteBuffer(FLOATS, matrix, at, ByteOrder.LITTLE_ENDIAN);
  }

  static FloatVector load(float[] values, int at) {
    return FloatVector.fromArray(FLOATS, values, at);
  }

  static FloatVector zero() {
    return FloatVector.zero(FLOATS);
  }

  private FloatLanes() {}
}

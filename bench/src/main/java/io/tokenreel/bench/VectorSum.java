package io.tokenreel.bench;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** A sum of little-endian float32 values: about as fast as memory can be read. */
final class VectorSum {

  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

  private VectorSum() {}

  /** Four registers, so that the additions' latency does not count; leaves out what is over. */
  static float of(byte[] data) {
    int step = FLOATS.vectorByteSize();
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    for (int at = 0; at + 4 * step <= data.length; at += 4 * step) {
      sum0 = sum0.add(load(data, at));
      sum1 = sum1.add(load(data, at + step));
      sum2 = sum2.add(load(data, at + 2 * step));
      sum3 = sum3.add(load(data, at + 3 * step));
    }
    return sum0.add(sum1).add(sum2.add(sum3)).reduceLanes(VectorOperators.ADD);
  }

  private static FloatVector load(byte[] data, int at) {
    return FloatVector.fromByteArray(FLOATS, data, at, ByteOrder.LITTLE_ENDIAN);
  }
}

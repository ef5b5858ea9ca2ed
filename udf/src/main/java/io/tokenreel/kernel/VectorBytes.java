package io.tokenreel.kernel;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Reads and writes little-endian channels of byte arrays as vectors. JDK 17 has {@code
 * fromByteArray} and {@code intoByteArray} for it, and JDK 19 has neither; a view of a vector of
 * bytes is in each, and as fast.
 */
final class VectorBytes {

  private VectorBytes() {}

  /** Bytes that fill the register of another kind of number. */
  static VectorSpecies<Byte> of(VectorSpecies<?> other) {
    return VectorSpecies.of(byte.class, VectorShape.forBitSize(other.vectorBitSize()));
  }

  /** A register of bytes, to be viewed as other numbers. */
  static ByteVector load(VectorSpecies<Byte> bytes, byte[] data, int at) {
    return ByteVector.fromArray(bytes, data, at);
  }

  /** Writes a register. */
  static void store(Vector<?> numbers, byte[] data, int at) {
    numbers.reinterpretAsBytes().intoArray(data, at);
  }
}

package io.tokenreel.kernel;

import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vectors of numbers in arrays of bytes, little-endian.
 *
 * <p>JDK 17 and 18 have methods for them, which JDK 19 took away. There a vector of bytes is seen
 * as one of numbers, which all have, and which takes JDK 17 1.4 to 4 times as long.
 */
final class VectorBytes {

  /** Of a test's JVM, which then takes what later JDKs take. */
  private static final String VIEWS_PROPERTY = "tokenreel.test.views";

  private static final boolean HAS_METHODS =
      !Boolean.getBoolean(VIEWS_PROPERTY)
          && Arrays.stream(FloatVector.class.getMethods())
              .anyMatch(method -> method.getName().equals("fromByteArray"));

  private VectorBytes() {}

  /** The species of as many bytes as a vector of another one has. */
  static VectorSpecies<Byte> of(VectorSpecies<?> other) {
    return VectorSpecies.of(byte.class, VectorShape.forBitSize(other.vectorBitSize()));
  }

  /**
   * Reads a vector.
   *
   * @param bytes that of the species' bytes; like it a constant of the caller's
   */
  static FloatVector floats(
      VectorSpecies<Float> species, VectorSpecies<Byte> bytes, byte[] data, int offset) {
    return HAS_METHODS
        ? FloatVector.fromByteArray(species, data, offset, ByteOrder.LITTLE_ENDIAN)
        : ByteVector.fromArray(bytes, data, offset).reinterpretAsFloats();
  }

  /** As {@link #floats}. */
  static IntVector ints(
      VectorSpecies<Integer> species, VectorSpecies<Byte> bytes, byte[] data, int offset) {
    return HAS_METHODS
        ? IntVector.fromByteArray(species, data, offset, ByteOrder.LITTLE_ENDIAN)
        : ByteVector.fromArray(bytes, data, offset).reinterpretAsInts();
  }

  /** As {@link #floats}. */
  static ShortVector shorts(
      VectorSpecies<Short> species, VectorSpecies<Byte> bytes, byte[] data, int offset) {
    return HAS_METHODS
        ? ShortVector.fromByteArray(species, data, offset, ByteOrder.LITTLE_ENDIAN)
        : ByteVector.fromArray(bytes, data, offset).reinterpretAsShorts();
  }

  /** Writes a vector. */
  static void put(FloatVector vector, byte[] data, int offset) {
    if (HAS_METHODS) {
      vector.intoByteArray(data, offset, ByteOrder.LITTLE_ENDIAN);
    } else {
      vector.reinterpretAsBytes().intoArray(data, offset);
    }
  }

  /** Writes a vector. */
  static void put(IntVector vector, byte[] data, int offset) {
    if (HAS_METHODS) {
      vector.intoByteArray(data, offset, ByteOrder.LITTLE_ENDIAN);
    } else {
      vector.reinterpretAsBytes().intoArray(data, offset);
    }
  }
}

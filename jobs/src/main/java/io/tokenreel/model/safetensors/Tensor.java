package io.tokenreel.model.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One tensor as a safetensors file stores it.
 *
 * @param dtype of an element
 * @param shape rows first; empty for a scalar
 * @param data little-endian, row-major, {@code shape} elements from position to limit; read only
 */
public record Tensor(SafetensorsDtype dtype, List<Long> shape, ByteBuffer data) {

  public Tensor {
    Objects.requireNonNull(dtype, "dtype");
    shape = List.copyOf(shape);
    long expected = Math.multiplyExact(elements(shape), (long) dtype.bytes());
    if (data.remaining() != expected) {
      throw new IllegalArgumentException(
          "a %s tensor of shape %s must hold %d bytes; got %d"
              .formatted(dtype, shape, expected, data.remaining()));
    }
  }

  /**
   * The elements as float32 on the heap, for small tensors.
   *
   * @throws IllegalArgumentException when they are not F32, F16 or BF16
   */
  public float[] floats() {
    ByteBuffer bytes = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    float[] floats = new float[Math.toIntExact(elements(shape))];
    for (int i = 0; i < floats.length; i++) {
      floats[i] =
          switch (dtype) {
            case F32 -> bytes.getFloat();
            case F16 -> half(bytes.getShort());
            case BF16 -> Float.intBitsToFloat(bytes.getShort() << 16);
            default ->
                throw new IllegalArgumentException("expected F32, F16 or BF16; got " + dtype);
          };
    }
    return floats;
  }

  /**
   * Some of the rows, where they lie.
   *
   * @throws IndexOutOfBoundsException when the first axis does not have them
   */
  public Tensor rows(long from, long to) {
    Objects.checkFromToIndex(from, to, shape.get(0));
    List<Long> part = new ArrayList<>(shape);
    part.set(0, to - from);
    long row = elements(shape.subList(1, shape.size())) * dtype.bytes();
    ByteBuffer bytes =
        data.slice(
            Math.toIntExact(data.position() + from * row), Math.toIntExact((to - from) * row));
    return new Tensor(dtype, part, bytes.order(ByteOrder.LITTLE_ENDIAN));
  }

  /** IEEE 754 binary16: one sign bit, five exponent bits of bias 15, ten fraction bits. */
  private static float half(short bits) {
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    float magnitude =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24f;
          case 0x1f -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Float.intBitsToFloat(((exponent + 112) << 23) | (fraction << 13));
        };
    return bits < 0 ? -magnitude : magnitude;
  }

  static long elements(List<Long> shape) {
    long elements = 1;
    for (long length : shape) {
      elements = Math.multiplyExact(elements, length);
    }
    return elements;
  }
}

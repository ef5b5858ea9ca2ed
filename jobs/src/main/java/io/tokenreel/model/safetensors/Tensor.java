package io.tokenreel.model.safetensors;

import java.nio.ByteBuffer;
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

  static long elements(List<Long> shape) {
    long elements = 1;
    for (long length : shape) {
      elements = Math.multiplyExact(elements, length);
    }
    return elements;
  }
}

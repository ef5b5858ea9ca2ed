package io.tokenreel.model.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * One tensor as a safetensors file stores it: in memory, or still in its file.
 *
 * @param dtype of an element
 * @param shape rows first; empty for a scalar
 * @param bytes little-endian, row-major, {@code shape} elements
 */
public record Tensor(SafetensorsDtype dtype, List<Long> shape, TensorBytes bytes) {

  public Tensor {
    Objects.requireNonNull(dtype, "dtype");
    shape = List.copyOf(shape);
    long expected = Math.multiplyExact(elements(shape), (long) dtype.bytes());
    if (bytes.size() != expected) {
      throw new IllegalArgumentException(
          "a %s tensor of shape %s must hold %d bytes; got %d"
              .formatted(dtype, shape, expected, bytes.size()));
    }
  }

  /**
   * A tensor in memory.
   *
   * @param data little-endian, row-major, {@code shape} elements from position to limit; read only
   */
  public Tensor(SafetensorsDtype dtype, List<Long> shape, ByteBuffer data) {
    this(dtype, shape, new TensorBytes.InMemory(data));
  }

  /**
   * The bytes at once, little-endian; those of a file are mapped, and their pages count as this
   * process's memory until the buffer is collected. To be read only.
   *
   * @throws IllegalArgumentException when they are more than a buffer holds, see {@link #slices}
   */
  public ByteBuffer data() {
    return bytes.buffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The same over {@link #data()}: what is in a file stays there, whatever becomes of its name. */
  public Tensor mapped() {
    return new Tensor(dtype, shape, data());
  }

  /**
   * Hands over the bytes in order, little-endian, in parts of whole elements. A part of a file is
   * read, not mapped, and is overwritten by the next.
   */
  public void forEachPart(Consumer<ByteBuffer> consumer) {
    bytes.forEachPart(part -> consumer.accept(part.order(ByteOrder.LITTLE_ENDIAN)));
  }

  /**
   * The elements as float32 on the heap, for small tensors.
   *
   * @throws IllegalArgumentException when they are not F32, F16 or BF16
   */
  public float[] floats() {
    FloatBuffer floats = FloatBuffer.allocate(Math.toIntExact(elements(shape)));
    forEachPart(
        part -> {
          while (part.hasRemaining()) {
            floats.put(next(part));
          }
        });
    return floats.array();
  }

  private float next(ByteBuffer part) {
    return switch (dtype) {
      case F32 -> part.getFloat();
      case F16 -> half(part.getShort());
      case BF16 -> Float.intBitsToFloat(part.getShort() << 16);
      default -> throw new IllegalArgumentException("expected F32, F16 or BF16; got " + dtype);
    };
  }

  /**
   * Some of the rows, where they are.
   *
   * @throws IndexOutOfBoundsException when the first axis does not have them
   */
  public Tensor rows(long from, long to) {
    Objects.checkFromToIndex(from, to, shape.get(0));
    List<Long> part = new ArrayList<>(shape);
    part.set(0, to - from);
    long row = elements(shape.subList(1, shape.size())) * dtype.bytes();
    return new Tensor(dtype, part, bytes.slice(from * row, (to - from) * row));
  }

  /**
   * All rows in slices of as many as one buffer holds, where they are; the last may have fewer.
   *
   * @param rowBytes what a row takes in the buffer
   * @param mostBytes that the buffer holds; it has one row where a row takes more
   */
  public List<Tensor> slices(long rowBytes, long mostBytes) {
    long rows = shape.get(0);
    long most = Math.max(1, mostBytes / Math.max(1, rowBytes));
    List<Tensor> slices = new ArrayList<>();
    for (long from = 0; from < rows; from += most) {
      slices.add(rows(from, Math.min(rows, from + most)));
    }
    return slices;
  }

  /**
   * Some of the columns, where they are.
   *
   * @throws IllegalArgumentException when this is no matrix
   * @throws IndexOutOfBoundsException when it does not have them
   */
  public Tensor columns(long from, long to) {
    if (shape.size() != 2) {
      throw new IllegalArgumentException("expected a matrix; got the shape " + shape);
    }
    Objects.checkFromToIndex(from, to, shape.get(1));
    if (to - from == shape.get(1)) {
      return this;
    }
    return new Tensor(
        dtype,
        List.of(shape.get(0), to - from),
        new TensorBytes.Columns(
            bytes, shape.get(1) * dtype.bytes(), from * dtype.bytes(), to * dtype.bytes()));
  }

  /** Whether the bytes lie one after the other, so that {@link #data} copies none. */
  public boolean isConnected() {
    return !(bytes instanceof TensorBytes.Columns);
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

package io.tokenreel.model.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.safetensors.SafetensorsDtype;
import io.tokenreel.model.safetensors.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Hands stored tensors to the engine without a copy on the Java heap: matrices in the type that a
 * model computes in, all else in float32. Each is held once.
 *
 * <p>On the CPU a single float32 tensor that stays float32 is the mapped file itself, which its
 * array keeps alive; several, columns, other types and devices are read into the engine's memory,
 * and none of the file stays mapped for them. A stored bfloat16 that stays bfloat16 is never
 * widened. Nothing may write to the arrays.
 */
public final class WeightLoader {

  private final NDManager manager;
  private final NDManager numbers;
  private final ComputeType type;
  private final long sliceBytes;

  /**
   * @param manager owns the arrays; its device is theirs
   * @param type of matrices
   */
  public WeightLoader(NDManager manager, ComputeType type) {
    this(manager, type, Integer.MAX_VALUE);
  }

  /**
   * @param manager owns the arrays; its device is theirs
   * @param type of matrices
   * @param sliceBytes what one of the {@link #slices} is read into at most
   */
  public WeightLoader(NDManager manager, ComputeType type, long sliceBytes) {
    this.sliceBytes = sliceBytes;
    this.manager = manager;
    // A helper that reads a number of a GPU waits for all that the GPU has to do.
    this.numbers = manager.getDevice().isGpu() ? manager.newSubManager(Device.cpu()) : manager;
    this.type = type;
  }

  /** The type of matrices. */
  public ComputeType type() {
    return type;
  }

  /**
   * What is added or multiplied number by number, such as a norm, a bias or positions, or several
   * below each other: float32.
   *
   * @throws IllegalArgumentException when one is not stored as F32, F16 or BF16
   */
  public NDArray values(Tensor... parts) {
    return load(ComputeType.F32, parts);
  }

  /** Zeros, float32; helpers take none for a vector that a model does not have. */
  public NDArray zeros(long count) {
    return manager.zeros(new Shape(count));
  }

  /** A number for a helper, float32; on the CPU, where helpers read it. */
  public NDArray scalar(float value) {
    return numbers.create(value);
  }

  /** A number for a helper, float64; on the CPU, where helpers read it. */
  public NDArray scalar(double value) {
    return numbers.create(value);
  }

  /** Numbers for a helper, float32. */
  public NDArray values(float... values) {
    return manager.create(values);
  }

  /**
   * A linear map, as a function of rows {@code (.., inputs)}, a matrix {@code (outputs, inputs)}
   * and a bias, empty for a map without; to be closed by the caller.
   */
  public TorchFunction linear() {
    return function(WeightLoader.class, "linear.pt");
  }

  /** A helper on the device, {@link TorchFunction#load}; to be closed by the caller. */
  public TorchFunction function(Class<?> owner, String resource) {
    return TorchFunction.load(owner, resource, manager.getDevice());
  }

  /**
   * A matrix {@code (outputs, ...)}, or several below each other.
   *
   * @throws IllegalArgumentException when one is not stored as F32, F16 or BF16
   */
  public NDArray matrix(Tensor... parts) {
    return load(type, parts);
  }

  /**
   * A matrix {@code (outputs, inputs)} of any size, in slices of its rows: one where all rows can
   * be loaded at once.
   *
   * @throws IllegalArgumentException when it is not stored as F32, F16 or BF16
   */
  public List<NDArray> slices(Tensor tensor) {
    ComputeType read = takes(type, tensor.dtype()) ? type : readAs(tensor.dtype());
    long row = tensor.shape().get(1) * bytes(read);
    return tensor.slices(row, sliceBytes).stream().map(this::matrix).toList();
  }

  /**
   * Some columns of a matrix, their rows one after the other.
   *
   * @param tensor {@code (outputs, inputs)}
   * @param from the first column
   * @param to the one after the last
   */
  public NDArray columns(Tensor tensor, long from, long to) {
    return load(type, tensor.columns(from, to));
  }

  private NDArray load(ComputeType target, Tensor... parts) {
    if (parts.length == 1 && target == ComputeType.F32 && !manager.getDevice().isGpu()) {
      Optional<ByteBuffer> data = floatsAsTheyLie(parts[0]);
      if (data.isPresent()) {
        return manager.create(data.get(), shape(parts), DataType.FLOAT32);
      }
    }
    if (Arrays.stream(parts).allMatch(part -> takes(target, part.dtype()))) {
      return read(manager, target, parts);
    }
    try (NDManager scope = manager.newSubManager()) {
      NDList loaded = new NDList();
      for (Tensor part : parts) {
        loaded.add(converted(read(scope, readAs(part.dtype()), part), target));
      }
      NDArray joined = parts.length == 1 ? loaded.get(0) : NDArrays.concat(loaded);
      joined.attach(manager);
      return joined;
    }
  }

  /**
   * The bytes of a float32 tensor where the engine can compute from them. The format promises no
   * alignment of a tensor within its file, but the engine needs it.
   */
  private static Optional<ByteBuffer> floatsAsTheyLie(Tensor tensor) {
    if (tensor.dtype() != SafetensorsDtype.F32 || !tensor.isConnected()) {
      return Optional.empty();
    }
    requireLoadable(ComputeType.F32, tensor);
    ByteBuffer data = tensor.data();
    return data.isDirect() && data.alignmentOffset(data.position(), Float.BYTES) == 0
        ? Optional.of(data)
        : Optional.empty();
  }

  /** Whether a stored type is read into arrays of a type without the engine's help. */
  private static boolean takes(ComputeType target, SafetensorsDtype stored) {
    return stored.name().equals(target.name())
        || (stored == SafetensorsDtype.BF16 && target == ComputeType.F32);
  }

  /** The type of an array that the engine converts on. */
  private static ComputeType readAs(SafetensorsDtype stored) {
    return switch (stored) {
      case F32, BF16 -> ComputeType.F32;
      case F16 -> ComputeType.F16;
      default ->
          throw new IllegalArgumentException("weights must be F32, F16 or BF16; got " + stored);
    };
  }

  /**
   * Tensors below each other, read straight into the engine's memory. Nothing is allocated beside
   * it: an allocator keeps what is freed between arrays that stay.
   *
   * @param target that {@link #takes} their types
   */
  private static NDArray read(NDManager owner, ComputeType target, Tensor... parts) {
    requireLoadable(target, parts);
    boolean gpu = owner.getDevice().isGpu();
    boolean bits =
        gpu && target == ComputeType.BF16; // as if they were float16, until they are there
    try (NDManager host = owner.newSubManager(Device.cpu())) {
      NDArray array =
          target == ComputeType.BF16 && !bits
              ? ComputeArrays.bfloat16(host, shape(parts))
              : host.create(
                  shape(parts), target == ComputeType.F32 ? DataType.FLOAT32 : DataType.FLOAT16);
      ByteBuffer to = array.toByteBuffer(true).order(ByteOrder.nativeOrder());
      for (Tensor part : parts) {
        if (part.dtype().name().equals(target.name())) {
          part.forEachPart(to::put);
        } else {
          part.forEachPart(from -> widen(from.asShortBuffer(), to));
        }
      }
      NDArray there = gpu ? array.toDevice(owner.getDevice(), false) : array;
      there.attach(owner);
      return bits ? closing(there, ComputeArrays::bfloat16OfBits) : there;
    }
  }

  private static void requireLoadable(ComputeType target, Tensor... parts) {
    long bytes = shape(parts).size() * bytes(target);
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "weights of the shape %s take %d bytes in %s; at most %d can be loaded at once: choose a --compute-dtype of fewer bytes"
              .formatted(shape(parts), bytes, target, Integer.MAX_VALUE));
    }
  }

  private static int bytes(ComputeType type) {
    return type == ComputeType.F32 ? Float.BYTES : Short.BYTES;
  }

  /** The upper half of a float32 is a bfloat16. */
  private static void widen(ShortBuffer from, ByteBuffer to) {
    while (from.hasRemaining()) {
      to.putInt(from.get() << Short.SIZE);
    }
  }

  /** An array in the type, which takes the place of one in float32 or float16. */
  private static NDArray converted(NDArray array, ComputeType target) {
    return switch (target) {
      case F32 -> toType(array, DataType.FLOAT32);
      case F16 -> toType(array, DataType.FLOAT16);
      case BF16 -> closing(array, ComputeArrays::toBfloat16);
    };
  }

  private static NDArray toType(NDArray array, DataType dtype) {
    return array.getDataType() == dtype ? array : closing(array, from -> from.toType(dtype, true));
  }

  private static NDArray closing(NDArray array, UnaryOperator<NDArray> change) {
    try (array) {
      return change.apply(array);
    }
  }

  /** Of tensors below each other. */
  private static Shape shape(Tensor... parts) {
    long[] shape = parts[0].shape().stream().mapToLong(Long::longValue).toArray();
    for (Tensor part : Arrays.asList(parts).subList(1, parts.length)) {
      shape[0] += part.shape().get(0);
    }
    return new Shape(shape);
  }
}

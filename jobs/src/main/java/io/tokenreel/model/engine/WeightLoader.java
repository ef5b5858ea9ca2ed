package io.tokenreel.model.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.safetensors.SafetensorsDtype;
import io.tokenreel.model.safetensors.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Hands stored tensors to the engine without a copy on the Java heap: matrices in the type that a
 * model computes in, all else in float32. Each is held once.
 *
 * <p>On the CPU a float32 tensor that stays float32 is the mapped file itself, which its array
 * keeps alive; other types and devices get a native copy. A stored bfloat16 that stays bfloat16 is
 * never widened. Nothing may write to the arrays.
 */
public final class WeightLoader {

  private final NDManager manager;
  private final NDManager numbers;
  private final ComputeType type;

  /**
   * @param manager owns the arrays; its device is theirs
   * @param type of matrices
   */
  public WeightLoader(NDManager manager, ComputeType type) {
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
   * Some columns of a matrix, their rows one after the other.
   *
   * @param tensor {@code (outputs, inputs)}
   * @param from the first column
   * @param to the one after the last
   */
  public NDArray columns(Tensor tensor, long from, long to) {
    try (NDManager host = manager.newSubManager(Device.cpu());
        NDArray whole = stored(host, tensor);
        NDArray view = whole.get(new NDIndex(":, " + from + ":" + to))) {
      NDArray part = contiguous(view); // of what is stored, so that no more is converted
      if (tensor.dtype() == SafetensorsDtype.BF16 && type != ComputeType.BF16) {
        List<Long> shape = List.of(tensor.shape().get(0), to - from);
        return converted(
            widen(manager, new Tensor(tensor.dtype(), shape, part.toByteBuffer(true))), type);
      }
      NDArray there = part.toDevice(manager.getDevice(), false);
      there.attach(manager);
      return ofStored(there, tensor.dtype(), type);
    }
  }

  private NDArray load(ComputeType target, Tensor... parts) {
    if (parts.length == 1) {
      return load(manager, parts[0], target);
    }
    try (NDManager scope = manager.newSubManager()) {
      NDList loaded = new NDList();
      for (Tensor part : parts) {
        loaded.add(load(scope, part, target));
      }
      return held(NDArrays.concat(loaded));
    }
  }

  private NDArray held(NDArray array) {
    array.attach(manager);
    return array;
  }

  /**
   * A copy whose rows lie one after the other. It is one of a whole array too, which the engine
   * would only share: memory of a file is unmapped once the array that was made over it is closed.
   */
  private static NDArray contiguous(NDArray view) {
    try (NDArray copy = view.duplicate();
        NDArray flat = copy.flatten()) {
      return flat.reshape(view.getShape());
    }
  }

  private static NDArray load(NDManager owner, Tensor tensor, ComputeType target) {
    return tensor.dtype() == SafetensorsDtype.BF16 && target != ComputeType.BF16
        ? converted(widen(owner, tensor), target)
        : ofStored(stored(owner, tensor), tensor.dtype(), target);
  }

  /** A tensor as it is stored; bfloat16 as if it were float16. On the CPU it is the mapped file. */
  private static NDArray stored(NDManager owner, Tensor tensor) {
    DataType dtype =
        switch (tensor.dtype()) {
          case F32 -> DataType.FLOAT32;
          case F16, BF16 -> DataType.FLOAT16;
          default ->
              throw new IllegalArgumentException(
                  "weights must be F32, F16 or BF16; got " + tensor.dtype());
        };
    return owner.create(aligned(owner, tensor), shape(tensor), dtype);
  }

  /** An array in the type, which takes the place of one as it is stored. */
  private static NDArray ofStored(NDArray array, SafetensorsDtype stored, ComputeType target) {
    return stored == SafetensorsDtype.BF16
        ? closing(array, ComputeArrays::bfloat16OfBits)
        : converted(array, target);
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

  private static Shape shape(Tensor tensor) {
    return new Shape(tensor.shape());
  }

  /** The upper half of a float32 is a bfloat16. Written straight into the engine's memory. */
  private static NDArray widen(NDManager owner, Tensor tensor) {
    NDManager host = owner.newSubManager(Device.cpu());
    NDArray widened = host.create(shape(tensor), DataType.FLOAT32);
    FloatBuffer to = widened.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
    ShortBuffer from = tensor.data().slice().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    for (int i = 0; i < to.limit(); i++) {
      to.put(i, Float.intBitsToFloat(from.get(i) << 16));
    }
    NDArray loaded = widened.toDevice(owner.getDevice(), false);
    loaded.attach(owner);
    host.close();
    return loaded;
  }

  /** The format promises no alignment of a tensor within its file, but the engine needs it. */
  private static ByteBuffer aligned(NDManager owner, Tensor tensor) {
    ByteBuffer data = tensor.data().slice();
    if (data.isDirect() && data.alignmentOffset(0, tensor.dtype().bytes()) == 0) {
      return data;
    }
    ByteBuffer copy = owner.allocateDirect(data.remaining());
    copy.put(data).flip();
    return copy;
  }
}

package io.tokenreel.model.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.safetensors.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/** Hands stored tensors to the engine without a copy on the Java heap. */
public final class Weights {

  private Weights() {}

  /**
   * A stored tensor as float32 on the manager's device. On the CPU a float32 tensor stays the
   * mapped file itself, which the array keeps alive; other types and devices get a native copy.
   * Nothing may write to the array.
   *
   * @throws IllegalArgumentException when it is not stored as F32, F16 or BF16
   */
  public static NDArray load(NDManager manager, Tensor tensor) {
    Shape shape = new Shape(tensor.shape());
    return switch (tensor.dtype()) {
      case F32 -> manager.create(aligned(manager, tensor), shape, DataType.FLOAT32);
      case F16 -> {
        try (NDArray stored = manager.create(aligned(manager, tensor), shape, DataType.FLOAT16)) {
          yield stored.toType(DataType.FLOAT32, true);
        }
      }
      case BF16 -> widen(manager, tensor, shape);
      default ->
          throw new IllegalArgumentException(
              "weights must be F32, F16 or BF16; got " + tensor.dtype());
    };
  }

  /**
   * The upper half of a float32 is a bfloat16. Written straight into the engine's memory, because
   * DJL's native layer ends the process when it is handed a bfloat16 array.
   */
  private static NDArray widen(NDManager manager, Tensor tensor, Shape shape) {
    NDManager host = manager.newSubManager(Device.cpu());
    NDArray widened = host.create(shape, DataType.FLOAT32);
    FloatBuffer to = widened.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
    ShortBuffer from = tensor.data().slice().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    for (int i = 0; i < to.limit(); i++) {
      to.put(i, Float.intBitsToFloat(from.get(i) << 16));
    }
    NDArray loaded = widened.toDevice(manager.getDevice(), false);
    loaded.attach(manager);
    host.close();
    return loaded;
  }

  /** The format promises no alignment of a tensor within its file, but the engine needs it. */
  private static ByteBuffer aligned(NDManager manager, Tensor tensor) {
    ByteBuffer data = tensor.data().slice();
    if (data.isDirect() && data.alignmentOffset(0, tensor.dtype().bytes()) == 0) {
      return data;
    }
    ByteBuffer copy = manager.allocateDirect(data.remaining());
    copy.put(data).flip();
    return copy;
  }
}

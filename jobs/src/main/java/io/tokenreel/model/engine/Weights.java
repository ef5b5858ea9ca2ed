package io.tokenreel.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.safetensors.Tensor;
import java.nio.ByteBuffer;

/** Hands stored tensors to the engine without a copy on the Java heap. */
public final class Weights {

  private Weights() {}

  /**
   * A stored tensor as float32 on the manager's device. On the CPU a float32 tensor stays the
   * mapped file itself, which the array keeps alive; other types and devices get a native copy.
   * Nothing may write to the array.
   */
  public static NDArray load(NDManager manager, Tensor tensor) {
    Shape shape = new Shape(tensor.shape());
    ByteBuffer data = aligned(manager, tensor);
    DataType stored =
        switch (tensor.dtype()) {
          case F32 -> DataType.FLOAT32;
          case F16 -> DataType.FLOAT16;
          case BF16 -> DataType.BFLOAT16;
          default ->
              throw new IllegalArgumentException(
                  "weights must be F32, F16 or BF16; got " + tensor.dtype());
        };
    if (stored == DataType.FLOAT32) {
      return manager.create(data, shape, stored);
    }
    try (NDArray narrow = manager.create(data, shape, stored)) {
      return narrow.toType(DataType.FLOAT32, true);
    }
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

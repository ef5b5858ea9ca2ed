package io.tokenreel.model.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.ComputeType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Arrays of a compute type.
 *
 * <p>DJL's native layer ends the process when it is asked for bfloat16, so helpers make such
 * arrays. They can be cut, joined, copied and read as bytes as others can; {@code toType} and
 * {@code toDevice} must not be called on them. Thread-safe.
 */
public final class ComputeArrays {

  private static final Map<Helper, TorchFunction> HELPERS = new ConcurrentHashMap<>();

  private ComputeArrays() {}

  /** Helpers live as long as the JVM: they have no weights. */
  private record Helper(String resource, Device device) {

    static TorchFunction on(NDArray x, String resource) {
      return HELPERS.computeIfAbsent(
          new Helper(resource, x.getDevice()),
          key -> TorchFunction.load(ComputeArrays.class, key.resource, key.device));
    }
  }

  /** The numbers in bfloat16, rounded to nearest even; the same manager owns them. */
  static NDArray toBfloat16(NDArray x) {
    return Helper.on(x, "to_bfloat16.pt").apply(x, new NDList());
  }

  /** Stored bfloat16 numbers, which come as if they were float16; the same manager owns them. */
  static NDArray bfloat16OfBits(NDArray bits) {
    return Helper.on(bits, "bfloat16_of_bits.pt").apply(bits, new NDList());
  }

  /** Zeros in bfloat16, to be written to as bytes. What they are made of takes no memory beside. */
  static NDArray bfloat16(NDManager manager, Shape shape) {
    try (NDArray zero = manager.zeros(new Shape(1));
        NDArray zeros = zero.broadcast(shape)) {
      return toBfloat16(zeros);
    }
  }

  /** Zeros of a compute type. */
  public static NDArray zeros(NDManager manager, Shape shape, ComputeType type) {
    return switch (type) {
      case F32 -> manager.zeros(shape, DataType.FLOAT32);
      case F16 -> manager.zeros(shape, DataType.FLOAT16);
      case BF16 -> {
        try (NDArray bits = manager.zeros(shape, DataType.FLOAT16);
            NDArray zeros = bfloat16OfBits(bits)) {
          yield zeros.duplicate(); // what a helper gives cannot be written to
        }
      }
    };
  }

  /**
   * An array on the device of a manager: itself where it is there already, else a copy that its own
   * manager owns.
   */
  public static NDArray toDevice(NDArray x, NDManager there) {
    if (x.getDevice().equals(there.getDevice())) {
      return x;
    }
    try (NDArray other = there.zeros(new Shape(0))) {
      return Helper.on(x, "to_device_of.pt").apply(x, new NDList(other));
    }
  }
}

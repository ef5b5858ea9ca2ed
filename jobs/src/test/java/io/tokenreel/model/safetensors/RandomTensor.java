package io.tokenreel.model.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;

/** Tensors of seeded weights: the same seed gives the same bytes on every machine. */
public final class RandomTensor {

  private static final int BF16_ROUNDING = 0x8000; // half of the last place that is kept

  private RandomTensor() {}

  /**
   * Draws from the uniform distribution of a mean and a standard deviation.
   *
   * @param dtype F32 or BF16
   */
  public static Tensor uniform(
      SafetensorsDtype dtype,
      List<Long> shape,
      double mean,
      double deviation,
      SplittableRandom random) {
    int values = Math.toIntExact(Tensor.elements(shape));
    double reach = deviation * Math.sqrt(3);
    ByteBuffer data =
        ByteBuffer.allocateDirect(Math.multiplyExact(values, dtype.bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values; i++) {
      float value = (float) (mean + random.nextDouble(-reach, reach));
      switch (dtype) {
        case F32 -> data.putFloat(value);
        case BF16 ->
            data.putShort((short) ((Float.floatToRawIntBits(value) + BF16_ROUNDING) >>> 16));
        default -> throw new IllegalArgumentException("expected F32 or BF16; got " + dtype);
      }
    }
    return new Tensor(dtype, shape, data.flip());
  }
}

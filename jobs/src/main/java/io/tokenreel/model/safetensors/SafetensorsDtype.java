package io.tokenreel.model.safetensors;

import java.util.Arrays;

/**
 * The element types of the safetensors format that checkpoints have. Numbers are read of F32, F16
 * and BF16 alone.
 */
public enum SafetensorsDtype {
  F64(8),
  F32(4),
  F16(2),
  BF16(2),
  F8_E4M3(1),
  F8_E5M2(1),
  F8_E8M0(1),
  I64(8),
  U64(8),
  I32(4),
  U32(4),
  I16(2),
  U16(2),
  I8(1),
  U8(1),
  BOOL(1);

  private final int bytes;

  SafetensorsDtype(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /**
   * The type of a header's word.
   *
   * @throws IllegalArgumentException for an unknown word; the message lists the known ones
   */
  public static SafetensorsDtype of(String name) {
    for (SafetensorsDtype dtype : values()) {
      if (dtype.name().equals(name)) {
        return dtype;
      }
    }
    throw new IllegalArgumentException(
        "unknown safetensors dtype '" + name + "'; expected one of " + Arrays.toString(values()));
  }
}

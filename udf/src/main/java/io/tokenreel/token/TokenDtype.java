package io.tokenreel.token;

import java.util.Arrays;
import java.util.Locale;

/**
 * How one channel of a token is stored. All are little-endian; arithmetic is always in float32 or
 * wider.
 */
public enum TokenDtype {
  F32(4, Float.POSITIVE_INFINITY),
  F16(2, 0x1.ffep15f),
  BF16(2, 0x1.ffp127f);

  private final int bytes;

  /** The smallest number that rounds to infinity, half a step above the largest finite one. */
  private final float overflow;

  TokenDtype(int bytes, float overflow) {
    this.bytes = bytes;
    this.overflow = overflow;
  }

  /** Bytes of one channel. */
  public int bytes() {
    return bytes;
  }

  /** Whether a finite number would be stored as infinity. */
  boolean overflows(float value) {
    return Math.abs(value) >= overflow && Float.isFinite(value);
  }

  /**
   * The name that tables, specs and the command line use: {@code f32}, {@code f16} or {@code bf16}.
   */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The dtype of a label.
   *
   * @throws IllegalArgumentException for an unknown label; the message lists the known ones
   */
  public static TokenDtype of(String label) {
    for (TokenDtype dtype : values()) {
      if (dtype.label().equals(label)) {
        return dtype;
      }
    }
    throw new IllegalArgumentException(
        "unknown dtype '"
            + label
            + "'; expected one of "
            + Arrays.stream(values()).map(TokenDtype::label).toList());
  }
}

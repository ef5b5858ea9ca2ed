package io.tokenreel.token;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How one channel of a token is stored. All are little-endian; arithmetic is always in float32 or
 * wider.
 */
public enum TokenDtype {
  F32("float32", 4, Float.POSITIVE_INFINITY),
  F16("float16", 2, 0x1.ffep15f),
  BF16("bfloat16", 2, 0x1.ffp127f);

  private final String numpyName;
  private final int bytes;

  /** The smallest number that rounds to infinity, half a step above the largest finite one. */
  private final float overflow;

  TokenDtype(String numpyName, int bytes, float overflow) {
    this.numpyName = numpyName;
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

  /** The labels of all. */
  public static List<String> labels() {
    return Stream.of(values()).map(TokenDtype::label).toList();
  }

  /** The names that numpy has for them, which {@link #of} takes as well. */
  public static List<String> numpyNames() {
    return Stream.of(values()).map(dtype -> dtype.numpyName).toList();
  }

  /**
   * The dtype of a label, or of numpy's name for it.
   *
   * @throws IllegalArgumentException for an unknown name; the message lists the known ones
   */
  public static TokenDtype of(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    UnknownWord.message(
                        "dtype",
                        name,
                        Stream.concat(labels().stream(), numpyNames().stream()).toList())));
  }

  /** As {@link #of}, empty for an unknown name. */
  public static Optional<TokenDtype> find(String name) {
    return Stream.of(values())
        .filter(dtype -> dtype.label().equals(name) || dtype.numpyName.equals(name))
        .findFirst();
  }
}

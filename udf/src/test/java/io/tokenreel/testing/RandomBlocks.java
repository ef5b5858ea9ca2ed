package io.tokenreel.testing;

import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.token.TokenShape;
import java.util.Random;

/** Token blocks made from a seed, plain and adversarial. */
public final class RandomBlocks {

  private RandomBlocks() {}

  /** What the channels of a block look like. */
  public enum Kind {
    /** Normal numbers around a mean per channel. */
    NORMAL,
    /** Every token the same. */
    ALL_EQUAL,
    /** Zeros, of both signs. */
    ZEROS,
    /** Near float32's maximum, where squares overflow float32. */
    HUGE,
    /** Below float32's smallest normal number. */
    DENORMAL,
    /** From denormal to huge, and zeros, in one token. */
    MIXED,
    /** A few tokens repeated all over, so that scores tie. */
    REPEATED
  }

  /** A plain block of frames with one row of {@code tokensPerFrame} tokens. */
  public static TokenBlock of(Kind kind, int frames, int tokensPerFrame, int dim, long seed) {
    return of(kind, new TokenShape(frames, 1, tokensPerFrame, dim), seed);
  }

  public static TokenBlock of(Kind kind, TokenShape shape, long seed) {
    Random random = new Random(seed);
    int dim = shape.dim();
    float[] values = new float[Math.toIntExact(shape.elements())];
    float[] means = new float[dim];
    for (int i = 0; i < dim; i++) {
      means[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < values.length; i++) {
      boolean repeats =
          (kind == Kind.ALL_EQUAL && i >= dim) || (kind == Kind.REPEATED && i >= 3 * dim);
      values[i] =
          repeats
              ? values[(kind == Kind.ALL_EQUAL ? 0 : i / dim * 7 % 3) * dim + i % dim]
              : value(kind, means[i % dim], random);
    }
    return TokenBlock.ofFloats(shape, values);
  }

  private static float value(Kind kind, float mean, Random random) {
    return switch (kind) {
      case NORMAL, ALL_EQUAL, REPEATED -> mean + (float) random.nextGaussian();
      case ZEROS -> random.nextBoolean() ? 0f : -0f;
      case HUGE -> (random.nextFloat() - 0.5f) * 2 * 3.4e38f;
      case DENORMAL ->
          Float.intBitsToFloat(random.nextInt(0x007fffff)) * (random.nextBoolean() ? 1 : -1);
      case MIXED ->
          random.nextInt(5) == 0
              ? 0f
              : (float) (random.nextGaussian() * StrictMath.pow(10, random.nextInt(82) - 44));
    };
  }

  /**
   * Whether every value of a kind stays finite in a dtype: binary16 ends at 65504 without scales.
   */
  public static boolean fits(Kind kind, TokenFormat dtype) {
    return switch (kind) {
      case HUGE, MIXED -> dtype == TokenFormat.F32 || dtype.scaled();
      default -> true;
    };
  }
}

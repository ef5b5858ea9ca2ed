package io.tokenreel.compress;

import io.tokenreel.token.TokenBlock;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * A number in [0, 1) per token that depends on the seed, the block's stored bytes and scales, and
 * the token's place, and on nothing else: every run, thread and machine draws the same for the same
 * bytes, and another encoder, dtype or sampling of the same video draws others.
 *
 * <p>Numbers are those of the SplitMix64 sequence (Steele, Lea, Flood: Fast splittable pseudorandom
 * number generators, OOPSLA 2014), started at the seed and two checksums of the content.
 */
final class RandomScore implements TokenScore {

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private final long seed;

  RandomScore(long seed) {
    this.seed = seed;
  }

  @Override
  public double[] of(Analysis block) {
    block.requireFinite();
    long state = mix(seed) ^ mix(contentHash(block.rows().block()));
    double[] scores = new double[block.frames() * block.tokensPerFrame()];
    for (int i = 0; i < scores.length; i++) {
      state += GOLDEN_GAMMA;
      scores[i] = (mix(state) >>> 11) * 0x1p-53;
    }
    return scores;
  }

  private static long contentHash(TokenBlock block) {
    CRC32 upper = new CRC32();
    upper.update(block.data());
    upper.update(block.scales());
    CRC32C lower = new CRC32C();
    lower.update(block.data());
    lower.update(block.scales());
    return upper.getValue() << 32 | lower.getValue();
  }

  private static long mix(long z) {
    long a = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ a >>> 27) * 0x94D049BB133111EBL;
    return b ^ b >>> 31;
  }
}

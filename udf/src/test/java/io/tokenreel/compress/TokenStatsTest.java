package io.tokenreel.compress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.kernel.ScalarKernels;
import io.tokenreel.testing.RandomBlocks;
import io.tokenreel.testing.RandomBlocks.Kind;
import io.tokenreel.testing.RandomShapes;
import io.tokenreel.testing.RunSeed;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.token.TokenShape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenStatsTest {

  private static final long SEED = 41;

  private static TokenBlock block(int frames, int tokensPerFrame, int dim, float... values) {
    return new TokenBlock(
        new TokenShape(frames, 1, tokensPerFrame, dim),
        TokenFormat.F32,
        TokenFormat.F32.encode(values));
  }

  @Test
  void of_orthogonalFrames_givesTheFormulasValues() {
    List<FrameStats> stats = TokenStats.of(block(2, 1, 2, 1, 0, 0, 1));
    for (FrameStats frame : stats) {
      assertEquals(-Math.sqrt(0.5), frame.uniqueness(), 1e-15);
    }
    assertTrue(stats.get(0).similarityToPrevious().isEmpty());
    assertEquals(0, stats.get(1).similarityToPrevious().orElseThrow());
  }

  @Test
  void of_staticVideo_isExactlySimilar() {
    Random random = new Random(3);
    int perFrame = 17;
    int dim = 33;
    float[] values = new float[5 * perFrame * dim];
    for (int i = 0; i < perFrame * dim; i++) {
      values[i] = (float) random.nextGaussian();
    }
    for (int frame = 1; frame < 5; frame++) {
      System.arraycopy(values, 0, values, frame * perFrame * dim, perFrame * dim);
    }
    List<FrameStats> stats = TokenStats.of(block(5, perFrame, dim, values));
    for (FrameStats frame : stats.subList(1, 5)) {
      assertEquals(1.0, frame.similarityToPrevious().orElseThrow());
      assertEquals(stats.get(0).uniqueness(), frame.uniqueness());
    }
  }

  @Test
  void of_zeroTokens_areSimilarToNothing() {
    List<FrameStats> stats = TokenStats.of(block(3, 1, 1, 0, 0, 2));
    assertEquals(0, stats.get(1).similarityToPrevious().orElseThrow());
    assertEquals(0, stats.get(2).similarityToPrevious().orElseThrow());
    assertEquals(0, stats.get(0).uniqueness());
    assertEquals(-1, stats.get(2).uniqueness());
  }

  @Test
  void of_infinity_namesTheToken() {
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> TokenStats.of(block(2, 2, 1, 1, 1, 1, Float.POSITIVE_INFINITY)));
    assertTrue(error.getMessage().contains("frame 1, token 1"), error.getMessage());
  }

  @Test
  void of_equalTokensOfAnyKind_areExactlySimilar() {
    for (Kind kind : List.of(Kind.ALL_EQUAL, Kind.HUGE, Kind.DENORMAL, Kind.MIXED)) {
      TokenBlock frame = RandomBlocks.of(kind, 1, 5, 77, SEED);
      byte[] twice = Arrays.copyOf(frame.data(), 2 * frame.data().length);
      System.arraycopy(frame.data(), 0, twice, frame.data().length, frame.data().length);
      TokenBlock block = new TokenBlock(new TokenShape(2, 1, 5, 77), TokenFormat.F32, twice);
      List<FrameStats> stats = TokenStats.of(block);
      assertEquals(1, stats.get(1).similarityToPrevious().orElseThrow(), kind.name());
      assertEquals(stats.get(0).uniqueness(), stats.get(1).uniqueness(), kind.name());
    }
  }

  @Test
  void of_anyBlock_isTheSameOnBothKernels() {
    for (TokenShape shape : RandomShapes.of(RunSeed.VALUE, 30)) {
      for (Kind kind : Kind.values()) {
        TokenBlock block = RandomBlocks.of(kind, shape, RunSeed.VALUE);
        assertEquals(
            TokenStats.of(block, new ScalarKernels()),
            TokenStats.of(block),
            kind + " " + shape + ", seed " + RunSeed.VALUE);
      }
    }
  }
}

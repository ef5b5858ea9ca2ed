package io.tokenreel.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.testing.RandomBlocks;
import io.tokenreel.testing.RandomBlocks.Kind;
import io.tokenreel.token.TokenBlock;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What single methods promise beyond the contract of all. */
class MethodsTest {

  private static final long SEED = 41;

  private static int[] kept(String spec, TokenBlock block) {
    return Compressors.of(spec).select(block).places();
  }

  @Test
  void random_otherContentOrSeed_drawsOtherTokens() {
    TokenBlock block = RandomBlocks.of(Kind.NORMAL, 4, 64, 4, SEED);
    float[] values = block.format().decode(block.data());
    values[0]++;
    TokenBlock other = TokenBlock.ofFloats(block.shape(), values);
    int[] drawn = kept("random:retention=0.25", block);
    assertEquals(64, drawn.length);
    assertArrayEquals(drawn, kept("random:retention=0.25", block));
    assertFalse(Arrays.equals(drawn, kept("random:retention=0.25", other)));
    assertFalse(Arrays.equals(drawn, kept("random:retention=0.25,seed=1", block)));
  }

  @Test
  void topkVidcom2Fca_anyBlock_isVidcom2() {
    TokenBlock block = RandomBlocks.of(Kind.NORMAL, 6, 30, 24, SEED);
    assertArrayEquals(
        kept("vidcom2:retention=0.25", block),
        kept("topk:score=vidcom2,budget=fca,retention=0.25", block));
  }

  @Test
  void vidcom2_equalTokens_keepsTheFirstOfEachFrame() {
    TokenBlock block = RandomBlocks.of(Kind.ALL_EQUAL, 3, 8, 50, SEED);
    for (String mode : List.of("release", "paper")) {
      assertArrayEquals(
          new int[] {0, 1, 8, 9, 16, 17}, kept("vidcom2:retention=0.25,mode=" + mode, block));
    }
  }

  @Test
  void dycokeRelease_fourFrames_namesPaperMode() {
    for (int frames = 1; frames <= 4; frames++) {
      TokenBlock block = RandomBlocks.of(Kind.NORMAL, frames, 12, 20, SEED);
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> kept("dycoke:prune=0.7", block));
      assertTrue(e.getMessage().contains("use 'dycoke:prune=0.7,mode=paper'"), e.getMessage());
    }
  }
}

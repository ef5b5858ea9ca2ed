package io.tokenreel.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.kernel.ScalarKernels;
import io.tokenreel.testing.RandomBlocks;
import io.tokenreel.testing.RandomBlocks.Kind;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenCodec;
import io.tokenreel.token.TokenDtype;
import io.tokenreel.token.TokenShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every registered method promises; a new one is tested by a line in {@link #SPECS}. */
class CompressorContractTest {

  private static final long SEED = 41;

  private static final List<String> SPECS =
      List.of(
          "none",
          "uniform:retention=0.25",
          "random:retention=0.25",
          "frames:keep=1/4",
          "topk:score=vidcom2,budget=equal,retention=0.25",
          "topk:score=norm,budget=fca,retention=0.3",
          "topk:score=random,budget=fca,retention=0.3,seed=7",
          "topk:score=video,budget=fca,retention=0.01",
          "topk:score=frame,budget=equal,retention=1",
          "vidcom2:retention=0.25",
          "vidcom2:retention=0.9",
          "vidcom2:retention=0.25,exact=true",
          "vidcom2:retention=0.25,mode=paper",
          "vidcom2:retention=0.1,mode=paper,exact=true",
          "dycoke:prune=0.7",
          "dycoke:prune=0.7,mode=paper");

  private static final int[][] SHAPES = {
    {5, 1, 1},
    {5, 3, 2},
    {6, 7, 17},
    {9, 13, 33},
    {33, 4, 8},
    {8, 36, 96},
    {5, 9, 1000},
    {7, 2, 5000}
  };

  static List<String> specs() {
    return SPECS;
  }

  @Test
  void registry_everyMethod_hasASpecHere() {
    List<String> tried = SPECS.stream().map(s -> CompressionSpec.parse(s).name()).toList();
    assertTrue(tried.containsAll(Compressors.names()), "untested: " + Compressors.names());
  }

  @ParameterizedTest
  @MethodSource("specs")
  void select_anyBlock_ascendingInRangeAndTheSameOnBothKernels(String spec) {
    TokenCompressor compressor = Compressors.of(spec);
    TokenCompressor scalar = Compressors.of(spec, new ScalarKernels());
    assertEquals(spec, compressor.spec().toString());
    for (TokenBlock block : blocks()) {
      String where = spec + " on " + block.shape() + " " + block.dtype();
      int[] kept = compressor.select(block).indices();
      for (int i = 0; i < kept.length; i++) {
        assertTrue(kept[i] >= 0 && kept[i] < block.shape().tokens(), where);
        assertTrue(i == 0 || kept[i] > kept[i - 1], where);
      }
      double[] budgets = compressor.frameBudgets(block);
      assertEquals(block.shape().frames(), budgets.length, where);
      for (int t = 0; t < budgets.length; t++) {
        assertTrue(budgets[t] >= 0 && budgets[t] <= 1, where);
      }
      BudgetedSelection together = compressor.selectWithBudgets(block);
      assertArrayEquals(kept, together.selection().indices(), where);
      assertArrayEquals(budgets, together.frameBudgets(), where);
      assertEveryFrameKeepsOne(spec, block, kept, where);
      assertArrayEquals(scalar.select(block).indices(), kept, where);
      assertArrayEquals(scalar.frameBudgets(block), budgets, where);
    }
  }

  /** Whole frames go, or all tokens of a pruned frame may, in these two methods only. */
  private static void assertEveryFrameKeepsOne(
      String spec, TokenBlock block, int[] kept, String where) {
    if (!spec.startsWith("frames") && !spec.startsWith("dycoke")) {
      long frames =
          Arrays.stream(kept).map(i -> i / block.shape().tokensPerFrame()).distinct().count();
      assertEquals(block.shape().frames(), frames, where);
    }
  }

  private static List<TokenBlock> blocks() {
    List<TokenBlock> blocks = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (int[] shape : SHAPES) {
        TokenBlock block = RandomBlocks.of(kind, shape[0], shape[1], shape[2], SEED);
        for (TokenDtype dtype : TokenDtype.values()) {
          if (RandomBlocks.fits(kind, dtype)) {
            blocks.add(block.as(dtype));
          }
        }
      }
    }
    return blocks;
  }

  @ParameterizedTest
  @MethodSource("specs")
  void select_onManyThreads_isTheSame(String spec) throws Exception {
    TokenCompressor compressor = Compressors.of(spec);
    TokenBlock block = RandomBlocks.of(Kind.NORMAL, 9, 25, 48, SEED);
    int[] expected = compressor.select(block).indices();
    for (int threads : new int[] {1, 2, 8}) {
      ExecutorService pool = Executors.newFixedThreadPool(threads);
      try {
        List<Future<int[]>> results = new ArrayList<>();
        for (int i = 0; i < 2 * threads; i++) {
          results.add(pool.submit(() -> compressor.select(block).indices()));
        }
        for (Future<int[]> result : results) {
          assertArrayEquals(expected, result.get(), spec + " on " + threads + " threads");
        }
      } finally {
        pool.shutdownNow();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("specs")
  void select_nonFiniteToken_isNamed(String spec) {
    for (TokenDtype dtype : TokenDtype.values()) {
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
        for (int channel : new int[] {0, 17, 36}) {
          float[] values = new float[6 * 5 * 37];
          Arrays.fill(values, 1.5f);
          values[(5 * 5 + 3) * 37 + channel] = bad;
          TokenBlock block = TokenBlock.ofFloats(new TokenShape(6, 5, 1, 5, 37), values).as(dtype);
          TokenCompressor compressor = Compressors.of(spec);
          String message = "token (frame 5, token 3) holds " + bad + " in channel " + channel;
          assertMessage(message, () -> compressor.select(block));
          assertMessage(message, () -> compressor.frameBudgets(block));
        }
      }
    }
  }

  private static void assertMessage(String part, Runnable call) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call::run);
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  @Test
  void select_oneFrame_works() {
    TokenBlock block = RandomBlocks.of(Kind.NORMAL, 1, 12, 20, SEED);
    for (String spec : SPECS) {
      if (!spec.equals("dycoke:prune=0.7")) {
        assertTrue(Compressors.of(spec).select(block).size() > 0, spec);
      }
    }
    assertMessage(
        "use 'dycoke:prune=0.7,mode=paper'",
        () -> Compressors.of("dycoke:prune=0.7").select(block));
  }

  @Test
  void random_otherContentOrSeed_drawsOtherTokens() {
    TokenBlock block = RandomBlocks.of(Kind.NORMAL, 4, 64, 4, SEED);
    float[] values = TokenCodec.decode(block.data(), block.dtype());
    values[0]++;
    TokenBlock other = TokenBlock.ofFloats(block.shape(), values);
    int[] drawn = Compressors.of("random:retention=0.25").select(block).indices();
    assertEquals(64, drawn.length);
    assertTrue(
        !Arrays.equals(drawn, Compressors.of("random:retention=0.25").select(other).indices()));
    assertTrue(
        !Arrays.equals(
            drawn, Compressors.of("random:retention=0.25,seed=1").select(block).indices()));
  }

  @Test
  void topkVidcom2Fca_anyBlock_isVidcom2() {
    TokenBlock block = RandomBlocks.of(Kind.NORMAL, 6, 30, 24, SEED);
    assertArrayEquals(
        Compressors.of("vidcom2:retention=0.25").select(block).indices(),
        Compressors.of("topk:score=vidcom2,budget=fca,retention=0.25").select(block).indices());
  }

  @Test
  void vidcom2_equalTokens_keepsTheFirstOfEachFrame() {
    TokenBlock block = RandomBlocks.of(Kind.ALL_EQUAL, 3, 8, 50, SEED);
    for (String mode : List.of("release", "paper")) {
      assertArrayEquals(
          new int[] {0, 1, 8, 9, 16, 17},
          Compressors.of("vidcom2:retention=0.25,mode=" + mode).select(block).indices());
    }
  }

  @Test
  void exact_anyRetention_hasTheServersTotal() {
    for (int[] shape : SHAPES) {
      TokenBlock block = RandomBlocks.of(Kind.NORMAL, shape[0], shape[1], shape[2], SEED);
      int tokens = block.shape().tokens();
      for (String retention : List.of("0.01", "0.1", "0.25", "0.3", "0.7", "1")) {
        double q = 1 - Double.parseDouble(retention);
        int expected = Math.max(shape[0], Math.min((int) (tokens * (1 - q)), tokens));
        for (String mode : List.of("release", "paper")) {
          String spec = "vidcom2:retention=" + retention + ",exact=true,mode=" + mode;
          assertEquals(expected, Compressors.of(spec).select(block).size(), spec);
        }
      }
    }
  }

  @Test
  void frameSimilarity_equalTokens_isExactlyOne() {
    for (Kind kind : List.of(Kind.ALL_EQUAL, Kind.HUGE, Kind.DENORMAL, Kind.MIXED)) {
      TokenBlock frame = RandomBlocks.of(kind, 1, 5, 77, SEED);
      byte[] twice = Arrays.copyOf(frame.data(), 2 * frame.data().length);
      System.arraycopy(frame.data(), 0, twice, frame.data().length, frame.data().length);
      TokenBlock block = new TokenBlock(new TokenShape(2, 5, 1, 5, 77), TokenDtype.F32, twice);
      List<FrameStats> stats = TokenStats.of(block);
      assertEquals(1, stats.get(1).similarityToPrevious().orElseThrow(), kind.name());
      assertEquals(stats.get(0).uniqueness(), stats.get(1).uniqueness(), kind.name());
    }
  }

  @Test
  void newlineGrid_plainBlock_saysWhatIsExpected() {
    TokenBlock block = RandomBlocks.of(Kind.NORMAL, new TokenShape(2, 6, 2, 3, 4), SEED);
    assertMessage(
        "grid_height * (grid_width + 1) = 8 tokens per frame; got 6",
        () -> Compressors.of("vidcom2:retention=0.5,grid=newline").select(block));
  }

  @Test
  void kernels_ofThisJvm_areChosenOnce() {
    assertTrue(Kernels.best() == Kernels.best());
  }
}

package io.tokenreel.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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

  private static final long SEED = RunSeed.VALUE;

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
          "vidcom2:retention=0.4,mode=paper,exact=true",
          "vidcom2:retention=0.25,exact=vllm",
          "vidcom2:retention=0.07,exact=vllm",
          "evs:prune=0.75",
          "evs:prune=1",
          "dycoke:prune=0.7",
          "dycoke:prune=1,mode=paper",
          "dycoke:prune=0.7,mode=paper");

  /** Takes more than four frames. */
  private static final String DYCOKE_RELEASE = "dycoke:prune=0.7";

  static List<String> specs() {
    return SPECS;
  }

  @Test
  void registry_everyMethod_hasASpecHere() {
    List<String> tried = SPECS.stream().map(s -> s.replaceFirst(":.*", "")).toList();
    assertTrue(tried.containsAll(Compressors.names()), "untested: " + Compressors.names());
  }

  @ParameterizedTest
  @MethodSource("specs")
  void select_anyBlock_inOrderInRangeAndTheSameOnBothKernels(String spec) {
    TokenCompressor compressor = Compressors.of(spec);
    TokenCompressor scalar = Compressors.of(spec, new ScalarKernels());
    assertEquals(spec, compressor.spec());
    for (TokenBlock block : blocks(spec)) {
      String where = "%s on %s %s, seed %d".formatted(spec, block.shape(), block.format(), SEED);
      int[] kept = compressor.select(block).places();
      assertInOrder(kept, block.shape(), where);
      double[] budgets = compressor.frameBudgets(block);
      assertEquals(block.shape().frames(), budgets.length, where);
      for (double budget : budgets) {
        assertTrue(budget >= 0 && budget <= 1, where);
      }
      BudgetedKept together = compressor.selectWithBudgets(block);
      assertArrayEquals(kept, together.kept().places(), where);
      assertArrayEquals(budgets, together.frameBudgets(), where);
      assertEveryFrameKeepsOne(spec, kept, block.shape(), where);
      assertArrayEquals(scalar.select(block).places(), kept, where);
      assertArrayEquals(scalar.frameBudgets(block), budgets, where);
    }
  }

  private static void assertInOrder(int[] kept, TokenShape shape, String where) {
    int last = -1;
    for (int index : kept) {
      assertTrue(index > last && index < shape.tokens(), where);
      last = index;
    }
  }

  /** Whole frames go, or all tokens of a frame may, in these methods only. */
  private static void assertEveryFrameKeepsOne(
      String spec, int[] kept, TokenShape shape, String where) {
    List<String> dropping = List.of("frames", "dycoke", "evs");
    if (dropping.stream().noneMatch(spec::startsWith) && !spec.endsWith("exact=vllm")) {
      long frames = Arrays.stream(kept).map(i -> i / shape.tokensPerFrame()).distinct().count();
      assertEquals(shape.frames(), frames, where);
    }
  }

  /** Blocks of all kinds and formats. */
  private static List<TokenBlock> blocks(String spec) {
    List<TokenBlock> blocks = new ArrayList<>();
    for (TokenShape shape : RandomShapes.of(SEED, 30)) {
      if (shape.frames() > 4 || !spec.equals(DYCOKE_RELEASE)) {
        Kind kind = Kind.values()[blocks.size() % Kind.values().length];
        TokenBlock block = RandomBlocks.of(kind, shape, SEED);
        for (TokenFormat dtype : TokenFormat.values()) {
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
    TokenBlock block = RandomBlocks.of(Kind.NORMAL, new TokenShape(9, 5, 5, 48), SEED);
    int[] expected = compressor.select(block).places();
    for (int threads : new int[] {1, 2, 8}) {
      ExecutorService pool = Executors.newFixedThreadPool(threads);
      try {
        List<Future<int[]>> results = new ArrayList<>();
        for (int i = 0; i < 2 * threads; i++) {
          results.add(pool.submit(() -> compressor.select(block).places()));
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
    TokenShape shape = new TokenShape(6, 2, 3, 37);
    TokenCompressor compressor = Compressors.of(spec);
    for (int place = 0; place < shape.tokensPerFrame(); place++) {
      for (TokenFormat dtype : TokenFormat.values()) {
        for (float bad :
            new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
          int channel = place * 5;
          float[] values = new float[(int) shape.elements()];
          Arrays.fill(values, 1.5f);
          values[(5 * shape.tokensPerFrame() + place) * 37 + channel] = bad;
          TokenBlock floats = TokenBlock.ofFloats(shape, values);
          String message =
              "token (frame 5, token %d) holds %s in channel %d".formatted(place, bad, channel);
          if (dtype.scaled()) { // which no such number gets into
            assertMessage(message, () -> floats.as(dtype));
            continue;
          }
          TokenBlock block = floats.as(dtype);
          assertMessage(message, () -> compressor.select(block));
          assertMessage(message, () -> compressor.frameBudgets(block));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("specs")
  void select_nonFiniteInALaterPlane_isNamed(String spec) {
    TokenShape shape = new TokenShape(6, 2, 3, 12, 3);
    TokenCompressor compressor = Compressors.of(spec);
    for (TokenFormat dtype :
        new TokenFormat[] {TokenFormat.F32, TokenFormat.F16, TokenFormat.BF16}) {
      float[] values = new float[(int) shape.elements()];
      Arrays.fill(values, 1.5f);
      values[((3 * shape.tokensPerFrame() + 4) * 3 + 2) * 12 + 7] = Float.NaN;
      TokenBlock block = TokenBlock.ofFloats(shape, values).as(dtype);
      String message = "token (frame 3, token 4) holds NaN in channel 7 of plane 2";
      assertMessage(message, () -> compressor.select(block));
      assertMessage(message, () -> compressor.frameBudgets(block));
    }
  }

  /** The codes that are there are finite with it, so that no sum tells. */
  @ParameterizedTest
  @MethodSource("specs")
  void select_scaleThatMakesACodeInfinite_isNamed(String spec) {
    TokenShape shape = new TokenShape(6, 2, 3, 16);
    TokenCompressor compressor = Compressors.of(spec);
    for (TokenFormat dtype : new TokenFormat[] {TokenFormat.INT8, TokenFormat.FP8}) {
      byte[] codes = new byte[(int) shape.elements()];
      Arrays.fill(codes, (byte) 1);
      float[] scales = new float[shape.tokens()];
      Arrays.fill(scales, 1);
      scales[2 * shape.tokensPerFrame() + 5] = 3e36f;
      TokenBlock block = new TokenBlock(shape, dtype, codes, TokenFormat.F32.encode(scales));
      String message = "token (frame 2, token 5) holds codes of %s with the scale 3.0E36";
      assertMessage(message.formatted(dtype.label()), () -> compressor.select(block));
      assertMessage(message.formatted(dtype.label()), () -> compressor.frameBudgets(block));
    }
  }

  @ParameterizedTest
  @MethodSource("specs")
  void of_gridOfVersionsBefore_saysThatTheModelDecides(String spec) {
    String old = spec + (spec.contains(":") ? "," : ":") + "grid=newline";
    assertMessage("grid=newline, which is gone: the model now decides", () -> Compressors.of(old));
  }

  private static void assertMessage(String part, Runnable call) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call::run);
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}

package io.tokenreel.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.kernel.ScalarKernels;
import io.tokenreel.testing.RandomBlocks;
import io.tokenreel.testing.RandomBlocks.Kind;
import io.tokenreel.testing.RandomShapes;
import io.tokenreel.testing.RunSeed;
import io.tokenreel.testing.Safetensors;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenShape;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code evs:prune=Q} and {@code vidcom2:retention=R,exact=vllm}: what vLLM keeps, by its own
 * functions and by their text written out once more.
 */
class VllmMethodsTest {

  private static final long SEED = RunSeed.VALUE;

  private static final Path GOLDENS = Path.of("udf", "src", "test", "resources", "goldens");

  /** Golden scores nearer than this are ties, which vLLM leaves to rounding noise. */
  private static final double GOLDEN_TIE = 1e-6;

  /** Scores nearer than this are ties, which the order of a sum may break either way. */
  private static final double TIE = 1e-9;

  private static String evs(String rate) {
    return "evs:prune=" + rate;
  }

  /** Of a server with this rate. */
  private static String vidcom2(String rate) {
    BigDecimal retention = BigDecimal.ONE.subtract(new BigDecimal(rate));
    return "vidcom2:retention=%s,exact=vllm".formatted(retention.toPlainString());
  }

  private static int[] kept(String spec, TokenBlock block) {
    return Compressors.of(spec).select(block).places();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nasa_16x49x64", "scenes_33x25x40", "scenes_8x36x96"})
  void goldens_ofVllmsFunctions_sameIndices(String file) {
    Safetensors.Tensor tokens =
        Safetensors.read(GOLDENS.resolve("compression/" + file + ".safetensors")).tensor("tokens");
    int frames = (int) tokens.shape()[0];
    TokenBlock block =
        TokenBlock.ofFloats(
            new TokenShape(frames, 1, (int) tokens.shape()[1], (int) tokens.shape()[2]),
            tokens.floats());
    NaiveMethods naive = new NaiveMethods(block);
    double[] differences = flat(evsScores(naive, frames));
    double[] similarities = flat(sum(naive.releaseVideo(), naive.releaseFrame()));
    Safetensors goldens = Safetensors.read(GOLDENS.resolve("vllm/pruning.safetensors"));
    List<String> names =
        goldens.names().stream().filter(name -> name.startsWith(file + ".")).toList();
    assertEquals(10, names.size());
    for (String name : names) {
      String[] parts = name.substring(file.length() + 1).split("\\.", 2);
      boolean isEvs = parts[0].equals("evs");
      String spec = isEvs ? evs(parts[1]) : vidcom2(parts[1]);
      for (Kernels kernels : List.of(Kernels.best(), new ScalarKernels())) {
        Ties.assertSame(
            goldens.tensor(name).ints(),
            Compressors.of(spec, kernels).select(block).places(),
            isEvs ? differences : similarities,
            GOLDEN_TIE,
            name);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0.1", "0.5", "0.75", "0.9", "0.93", "1"})
  void evs_randomBlocks_keepsWhatDiffersFromTheFrameBefore(String rate) {
    for (TokenShape shape : RandomShapes.of(SEED, 30)) {
      TokenBlock block = RandomBlocks.of(Kind.NORMAL, shape, SEED);
      int perFrame = shape.tokensPerFrame();
      double[] scores = flat(evsScores(new NaiveMethods(block), shape.frames()));
      int count =
          Math.max(perFrame, (int) (shape.frames() * perFrame * (1 - Double.parseDouble(rate))));
      int[] expected = lowest(all(scores.length), i -> -scores[i], count);
      Arrays.sort(expected);
      String where = "%s on %s, seed %d".formatted(evs(rate), shape, SEED);
      Ties.assertSame(expected, kept(evs(rate), block), scores, TIE, where);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0.1", "0.5", "0.75", "0.9", "0.93"})
  void vidcom2_randomBlocks_followsVllmsSteps(String rate) {
    for (TokenShape shape : RandomShapes.of(SEED, 30)) {
      TokenBlock block = RandomBlocks.of(Kind.NORMAL, shape, SEED);
      NaiveMethods naive = new NaiveMethods(block, Math.max(1, shape.dim() / 2));
      double[] similarity = flat(sum(naive.releaseVideo(), naive.releaseFrame()));
      String where = "%s on %s, seed %d".formatted(vidcom2(rate), shape, SEED);
      double[] budgets = naive.vllmBudgets(Double.parseDouble(rate));
      assertArrayEquals(budgets, Compressors.of(vidcom2(rate)).frameBudgets(block), TIE, where);
      int[] expected =
          vidcom2(similarity, budgets, shape.tokensPerFrame(), Double.parseDouble(rate));
      Ties.assertSame(expected, kept(vidcom2(rate), block), similarity, TIE, where);
    }
  }

  /** Steps 4 and 5 of vLLM's function. */
  private static int[] vidcom2(double[] similarity, double[] budgets, int perFrame, double rate) {
    int frames = budgets.length;
    TreeSet<Integer> kept = new TreeSet<>();
    for (int t = 0; t < frames; t++) {
      int first = t * perFrame;
      double wanted = Math.rint(budgets[t] * perFrame);
      int count = (int) Math.max(1, Math.min(perFrame, wanted));
      int[] frame = IntStream.range(first, first + perFrame).toArray();
      Arrays.stream(lowest(frame, i -> similarity[i], count)).forEach(kept::add);
    }
    int target = Math.max(frames, (int) (frames * perFrame * (1 - rate)));
    if (kept.size() > target) {
      int[] places = kept.stream().mapToInt(i -> i).toArray();
      Arrays.stream(lowest(places, i -> -similarity[i], kept.size() - target))
          .forEach(kept::remove);
    } else {
      int[] places = IntStream.range(0, similarity.length).filter(i -> !kept.contains(i)).toArray();
      Arrays.stream(lowest(places, i -> similarity[i], target - kept.size())).forEach(kept::add);
    }
    return kept.stream().mapToInt(i -> i).toArray();
  }

  /** Counts that vLLM 0.32's two functions gave. */
  @ParameterizedTest
  @CsvSource({
    "20, 196, 0.9, 391, 391",
    "32, 196, 0.75, 1568, 1568",
    "32, 196, 0.9, 627, 627",
    "10, 100, 0.9, 100, 99",
    "10, 100, 0.93, 100, 69",
    "10, 100, 0.07, 929, 929",
    "10, 10, 0.8, 19, 19",
    "10, 10, 0.1, 90, 90",
    "5, 20, 0.7, 30, 30",
    "3, 30, 0.9, 30, 8",
    "768, 999, 0.82, 138101, 138101",
    "7, 13, 0.375, 56, 56",
    "6, 5, 0.99, 5, 6",
    "1, 1, 0.5, 1, 1",
    "4, 9, 0, 36, 36"
  })
  void counts_ofVllmsFunctions_areTheSame(
      int frames, int perFrame, String rate, int evs, int vidcom2) {
    double q = Double.parseDouble(rate);
    assertEquals(evs, VllmCounts.evs(frames, perFrame, q));
    assertEquals(vidcom2, VllmCounts.vidcom2(frames, perFrame, q));
    if (frames * perFrame < 10_000) {
      TokenBlock block = RandomBlocks.of(Kind.NORMAL, frames, perFrame, 3, SEED);
      assertEquals(evs, kept(evs(rate), block).length);
      assertEquals(vidcom2, kept(vidcom2(rate), block).length);
    }
  }

  @Test
  void select_anySizeAndRate_keepsExactlyTheServersPlaces() {
    Random random = new Random(SEED);
    for (int i = 0; i < 400; i++) {
      TokenShape shape =
          new TokenShape(1 + random.nextInt(40), 1 + random.nextInt(6), 1 + random.nextInt(6), 3);
      Kind kind = random.nextBoolean() ? Kind.NORMAL : Kind.REPEATED;
      TokenBlock block = RandomBlocks.of(kind, shape, SEED + i);
      String rate =
          BigDecimal.valueOf(random.nextInt(1000), 3).stripTrailingZeros().toPlainString();
      String where = "%s, %s, %s, seed %d".formatted(shape, kind, rate, SEED);
      int perFrame = shape.tokensPerFrame();
      int share = (int) (shape.tokens() * (1 - Double.parseDouble(rate)));
      int[] evs = kept(evs(rate), block);
      assertEquals(Math.max(perFrame, share), evs.length, where);
      assertArrayEquals(all(perFrame), Arrays.copyOf(evs, perFrame), where);
      assertEquals(
          Math.max(shape.frames(), share), kept(vidcom2(rate), block).length, "vidcom2 " + where);
    }
  }

  @Test
  void evs_videoThatStandsStill_keepsTheLowerIndices() {
    TokenBlock block = RandomBlocks.of(Kind.ALL_EQUAL, 4, 6, 20, SEED);
    assertArrayEquals(all(12), kept(evs("0.5"), block));
    double[] budgets = Compressors.of(evs("0.5")).frameBudgets(block);
    assertArrayEquals(new double[] {1, 1, 0, 0}, budgets);
  }

  /** The double nearest to 0.93 and the difference of doubles 1 - 0.07 are two numbers. */
  @Test
  void rate_decimalOfWhichTheDifferenceIsAnother_isTheServers() {
    assertTrue(1 - 0.07 != 0.93);
    assertEquals(0.93, VllmCounts.rate(0.07));
    assertEquals(0, VllmCounts.rate(1));
  }

  private static double[][] evsScores(NaiveMethods naive, int frames) {
    double[][] scores = naive.cosines(IntStream.range(-1, frames - 1).toArray());
    for (int t = 0; t < frames; t++) {
      for (int m = 0; m < scores[t].length; m++) {
        scores[t][m] = t == 0 ? 255 : 1 - scores[t][m];
      }
    }
    return scores;
  }

  private static int[] all(int count) {
    return IntStream.range(0, count).toArray();
  }

  /** The places of the lowest values; of equal ones those that come first. */
  private static int[] lowest(int[] places, ToDoubleFunction<Integer> value, int count) {
    List<Integer> sorted = new ArrayList<>(Arrays.stream(places).boxed().toList());
    sorted.sort(Comparator.comparingDouble(value)); // stable
    return sorted.stream().limit(count).mapToInt(i -> i).toArray();
  }

  private static double[] flat(double[][] values) {
    return Arrays.stream(values).flatMapToDouble(Arrays::stream).toArray();
  }

  private static double[][] sum(double[][] a, double[][] b) {
    double[][] sum = new double[a.length][];
    for (int t = 0; t < a.length; t++) {
      int frame = t;
      sum[t] =
          IntStream.range(0, a[t].length).mapToDouble(m -> a[frame][m] + b[frame][m]).toArray();
    }
    return sum;
  }
}

package io.tokenreel.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.tokenreel.testing.RandomBlocks;
import io.tokenreel.testing.RandomBlocks.Kind;
import io.tokenreel.testing.RandomShapes;
import io.tokenreel.testing.RunSeed;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenShape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no golden covers, on random blocks against {@link NaiveMethods}. */
class KnownAnswersTest {

  private static final long SEED = RunSeed.VALUE;

  /** Scores nearer than this are ties, which the order of a sum may break either way. */
  private static final double TIE = 1e-9;

  private static final double NOISE = 1e-9;

  private static List<TokenBlock> blocks() {
    return RandomShapes.of(SEED, 30).stream()
        .map(shape -> RandomBlocks.of(Kind.NORMAL, shape, SEED))
        .toList();
  }

  private static void assertKept(int[] expected, double[][] scores, String spec, TokenBlock block) {
    Ties.assertSame(
        expected,
        Compressors.of(spec).select(block).places(),
        Arrays.stream(scores).flatMapToDouble(Arrays::stream).toArray(),
        TIE,
        spec + " on " + block.shape() + ", seed " + SEED);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.25, 0.6, 1})
  void vidcom2Paper_randomBlocks_followsTheEquations(double retention) {
    String spec = "vidcom2:retention=" + retention + ",mode=paper";
    for (TokenBlock block : blocks()) {
      NaiveMethods naive = new NaiveMethods(block);
      double[] budgets = naive.paperBudgets(retention);
      assertArrayEquals(
          budgets, Compressors.of(spec).frameBudgets(block), NOISE, spec + ", seed " + SEED);
      int perFrame = block.shape().tokensPerFrame();
      int[] counts = counts(budgets, share -> Math.ceil(share * perFrame - NOISE));
      double[][] scores = sum(naive.paperVideo(), naive.paperFrame());
      assertKept(NaiveMethods.highest(scores, counts), scores, spec, block);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"norm", "video", "frame", "vidcom2"})
  void topk_randomBlocks_keepsTheHighestScores(String score) {
    double retention = 0.3;
    for (TokenBlock block : blocks()) {
      NaiveMethods naive = new NaiveMethods(block);
      double[][] scores =
          switch (score) {
            case "norm" -> naive.norms();
            case "video" -> negated(naive.releaseVideo());
            case "frame" -> negated(naive.releaseFrame());
            default -> negated(sum(naive.releaseVideo(), naive.releaseFrame()));
          };
      double[] equal = new double[block.shape().frames()];
      Arrays.fill(equal, retention);
      int perFrame = block.shape().tokensPerFrame();
      for (String budget : List.of("equal", "fca")) {
        double[] shares = budget.equals("equal") ? equal : naive.releaseBudgets(retention);
        int[] counts = counts(shares, share -> Math.max(1, Math.rint(share * perFrame)));
        String spec = "topk:score=%s,budget=%s,retention=%s".formatted(score, budget, retention);
        assertKept(NaiveMethods.highest(scores, counts), scores, spec, block);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 0.7, 0.9, 1})
  void dycokePaper_randomBlocks_keepsWhatDiffersFromItsReference(double prune) {
    String spec = "dycoke:prune=" + prune + ",mode=paper";
    for (TokenBlock block : blocks()) {
      TokenShape shape = block.shape();
      int[] references = dycoke("paper").references(shape.frames());
      double[][] scores = negated(new NaiveMethods(block).cosines(references));
      int pruned = (int) ((1 - prune) * shape.tokensPerFrame());
      int[] counts =
          Arrays.stream(references)
              .map(r -> r == DyCoke.WHOLE ? shape.tokensPerFrame() : pruned)
              .toArray();
      assertKept(NaiveMethods.highest(scores, counts), scores, spec, block);
    }
  }

  /** T2 = T - T mod 2; t+1 against t, t+3 against t+2 below T2; t+2 against t for t below T - 4. */
  @Test
  void dycokeRelease_fiveToNineFrames_prunesAgainstTheReleasedReferences() {
    int w = DyCoke.WHOLE;
    int lost = DyCoke.LOST;
    DyCoke release = dycoke("release");
    assertArrayEquals(new int[] {w, 0, 0, 2, lost}, release.references(5));
    assertArrayEquals(new int[] {w, 0, 0, 2, w, 4}, release.references(6));
    assertArrayEquals(new int[] {w, 0, 0, 2, w, 4, lost}, release.references(7));
    assertArrayEquals(new int[] {w, 0, 0, 2, w, 4, w, 6}, release.references(8));
    assertArrayEquals(new int[] {w, 0, 0, 2, w, 4, 4, 6, lost}, release.references(9));
  }

  @Test
  void dycokePaper_oneToNineFrames_prunesEveryWindow() {
    int w = DyCoke.WHOLE;
    int[] nine = {w, 0, 0, 2, w, 4, 4, 6, w};
    for (int frames = 1; frames <= 9; frames++) {
      assertArrayEquals(Arrays.copyOf(nine, frames), dycoke("paper").references(frames));
    }
  }

  /** ceil(t * 2/5) is 0 1 1 2 2 2 3 3 4 4 4 for t = 0 to 10, and steps up after 0, 2, 5 and 7. */
  @Test
  void frames_twoOfFiveOfTenFrames_areSpreadFromTheFirst() {
    TokenBlock block = RandomBlocks.of(Kind.NORMAL, 10, 1, 3, SEED);
    assertArrayEquals(
        new int[] {0, 2, 5, 7}, Compressors.of("frames:keep=2/5").select(block).places());
  }

  private static DyCoke dycoke(String mode) {
    return (DyCoke) Compressors.of("dycoke:prune=0.5,mode=" + mode);
  }

  private static int[] counts(double[] shares, Function<Double, Double> count) {
    return Arrays.stream(shares).mapToInt(share -> count.apply(share).intValue()).toArray();
  }

  private static double[][] sum(double[][] a, double[][] b) {
    double[][] sum = new double[a.length][a[0].length];
    for (int t = 0; t < a.length; t++) {
      for (int m = 0; m < a[t].length; m++) {
        sum[t][m] = a[t][m] + b[t][m];
      }
    }
    return sum;
  }

  private static double[][] negated(double[][] values) {
    return Arrays.stream(values)
        .map(frame -> Arrays.stream(frame).map(v -> -v).toArray())
        .toArray(double[][]::new);
  }
}

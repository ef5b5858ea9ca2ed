package io.tokenreel.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.kernel.ScalarKernels;
import io.tokenreel.kernel.TokenRows;
import io.tokenreel.testing.Safetensors;
import io.tokenreel.testing.SharedFiles;
import io.tokenreel.token.FeedLayout;
import io.tokenreel.token.Kept;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenShape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every index that the released code of VidCom2 and DyCoke selects from the golden blocks. */
class CompressionGoldenTest {

  private static final Path GOLDENS =
      Path.of("udf", "src", "test", "resources", "goldens", "compression");

  /** Golden scores nearer than this are ties, which the released code leaves to rounding noise. */
  private static final double TIE = 1e-6;

  private static final String KEEP = "vidcom2.keep.";
  private static final String GRID_KEEP = "vidcom2_grid.keep.";
  private static final String SCALES = "vidcom2.scales.";
  private static final String DYCOKE_KEEP = "dycoke.keep_release.";

  static List<Path> files() throws IOException {
    return SharedFiles.with(GOLDENS, "goldens/compression", ".safetensors");
  }

  @Test
  void goldens_folder_holdsFiles() throws IOException {
    assertTrue(files().size() >= 3, "expected three goldens in " + GOLDENS.toAbsolutePath());
  }

  @ParameterizedTest
  @MethodSource("files")
  void vidcom2_golden_sameScoresAndScales(Path file) {
    Safetensors golden = Safetensors.read(file);
    TokenBlock block = block(golden);
    GaussianSimilarity similarity = GaussianSimilarity.of(new TokenRows(Kernels.best(), block));
    assertNear(golden.tensor("vidcom2.video_score").floats(), similarity.video(), file);
    assertNear(golden.tensor("vidcom2.frame_score").floats(), similarity.frame(), file);
    for (String name : named(golden, SCALES)) {
      String retention = name.substring(SCALES.length());
      double[] budgets = Compressors.of("vidcom2:retention=" + retention).frameBudgets(block);
      assertNear(golden.tensor(name).floats(), budgets, file);
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void vidcom2_golden_sameIndices(Path file) {
    Safetensors golden = Safetensors.read(file);
    TokenBlock block = block(golden);
    double[] scores = vidcom2Scores(golden);
    for (String name : named(golden, KEEP)) {
      String spec = "vidcom2:retention=" + name.substring(KEEP.length());
      for (Kernels kernels : List.of(Kernels.best(), new ScalarKernels())) {
        Kept selection = Compressors.of(spec, kernels).select(block);
        Ties.assertSame(
            golden.tensor(name).ints(), selection.places(), scores, TIE, file + " " + spec);
      }
    }
  }

  /** LLaVA-Video's rows: the released indices are of a grid with a place after every row. */
  @ParameterizedTest
  @MethodSource("files")
  void vidcom2Grid_golden_sameIndicesInTheSameOrder(Path file) {
    Safetensors golden = Safetensors.read(file);
    TokenBlock block = block(golden);
    FeedLayout layout = new FeedLayout(FeedLayout.Kind.LINE_ENDS, new float[block.shape().dim()]);
    for (String name : named(golden, GRID_KEEP)) {
      String settings = "retention=" + name.substring(GRID_KEEP.length());
      int[] expected = golden.tensor(name).ints();
      double[] scores = onNewlineGrid(vidcom2Scores(golden), block.shape());
      for (String method : List.of("vidcom2:", "topk:score=vidcom2,budget=fca,")) {
        String spec = method + settings;
        int[] kept = Compressors.of(spec).select(block).places();
        int[] actual = onNewlineGrid(kept, layout.order(kept, block.shape()), block.shape());
        Ties.assertSame(expected, actual, scores, TIE, file + " " + spec);
        assertArrayEquals(
            newlinePlaces(expected, block.shape()), newlinePlaces(actual, block.shape()), spec);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void dycoke_golden_sameIndices(Path file) {
    Safetensors golden = Safetensors.read(file);
    TokenBlock block = block(golden);
    double[] cosines = releaseCosines(golden.tensor("tokens").floats(), block.shape());
    for (String name : named(golden, DYCOKE_KEEP)) {
      String spec = "dycoke:prune=" + name.substring(DYCOKE_KEEP.length());
      for (Kernels kernels : List.of(Kernels.best(), new ScalarKernels())) {
        int[] actual = Compressors.of(spec, kernels).select(block).places();
        Ties.assertSame(golden.tensor(name).ints(), actual, cosines, TIE, file + " " + spec);
      }
    }
  }

  private static TokenBlock block(Safetensors golden) {
    Safetensors.Tensor tokens = golden.tensor("tokens");
    int perFrame = (int) tokens.shape()[1];
    int side = (int) Math.sqrt(perFrame);
    return TokenBlock.ofFloats(
        new TokenShape((int) tokens.shape()[0], side, side, (int) tokens.shape()[2]),
        tokens.floats());
  }

  /** Tensors with a prefix; none is a failure. */
  private static List<String> named(Safetensors golden, String prefix) {
    List<String> names = golden.names().stream().filter(n -> n.startsWith(prefix)).toList();
    assertFalse(names.isEmpty(), prefix);
    return names;
  }

  private static double[] vidcom2Scores(Safetensors golden) {
    float[] video = golden.tensor("vidcom2.video_score").floats();
    float[] frame = golden.tensor("vidcom2.frame_score").floats();
    double[] scores = new double[video.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (double) video[i] + frame[i];
    }
    return scores;
  }

  /** What is fed, as places of the released code's grid. */
  private static int[] onNewlineGrid(int[] kept, int[] order, TokenShape shape) {
    int[] places = new int[order.length];
    int ends = 0;
    for (int i = 0; i < order.length; i++) {
      places[i] =
          order[i] == FeedLayout.CONSTANT
              ? ends++ * (shape.gridWidth() + 1) + shape.gridWidth()
              : kept[order[i]] + kept[order[i]] / shape.gridWidth();
    }
    return places;
  }

  private static boolean isNewline(int index, TokenShape shape) {
    return index % (shape.gridWidth() + 1) == shape.gridWidth();
  }

  private static double[] onNewlineGrid(double[] scores, TokenShape shape) {
    double[] spread = new double[shape.tokens() + shape.frames() * shape.gridHeight()];
    int from = 0;
    for (int i = 0; i < spread.length; i++) {
      spread[i] = isNewline(i, shape) ? 0 : scores[from++];
    }
    return spread;
  }

  /** The indices where a newline token stands, and -1 elsewhere. */
  private static int[] newlinePlaces(int[] indices, TokenShape shape) {
    return Arrays.stream(indices).map(i -> isNewline(i, shape) ? i : -1).toArray();
  }

  /** Cosines of pruned tokens with the frame that the released code compares with, in float64. */
  private static double[] releaseCosines(float[] tokens, TokenShape shape) {
    double[] cosines = new double[shape.tokens()];
    for (int i = 0; i < cosines.length; i++) {
      int window = i / shape.tokensPerFrame() % 4;
      int back = window == 0 ? 0 : window == 2 ? 2 : 1;
      int other = i - back * shape.tokensPerFrame();
      double dot = 0;
      double left = 0;
      double right = 0;
      for (int d = 0; d < shape.dim(); d++) {
        double x = tokens[i * shape.dim() + d];
        double y = tokens[other * shape.dim() + d];
        dot += x * y;
        left += x * x;
        right += y * y;
      }
      cosines[i] = dot / Math.max(Math.sqrt(left) * Math.sqrt(right), 1e-16);
    }
    return cosines;
  }

  private static void assertNear(float[] expected, double[] actual, Path file) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 2e-6, file + " at " + i);
    }
  }
}

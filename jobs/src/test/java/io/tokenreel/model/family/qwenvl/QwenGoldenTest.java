package io.tokenreel.model.family.qwenvl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.engine.PyTorch;
import io.tokenreel.model.engine.WeightLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Agreement with Transformers, stage by stage, on the golden checkpoints. */
class QwenGoldenTest {

  private static final double TOLERANCE = 2e-4;

  static List<Path> paths() throws IOException {
    return QwenGolden.paths();
  }

  @Test
  void goldens_ofTheRepository_areOneOfEachKind() throws IOException {
    assertEquals(
        List.of(QwenVlKind.values()),
        paths().stream()
            .filter(path -> path.startsWith(QwenGolden.FOLDERS))
            .map(path -> new QwenGolden(path).kind)
            .sorted()
            .toList());
  }

  @ParameterizedTest
  @MethodSource("paths")
  void stages_ofAGolden_agreeWithTransformers(Path path) {
    QwenGolden golden = new QwenGolden(path);
    try (NDManager manager = PyTorch.engine().newBaseManager(Device.cpu());
        QwenVisionEncoder encoder =
            new QwenVisionEncoder(
                new WeightLoader(manager, ComputeType.F32),
                golden.config,
                golden.pixels,
                golden.weights)) {
      NDArray rgb = golden.rgb(manager);
      StepTensors step = encoder.step(manager, rgb);
      assertEquals(golden.grid(), step.grid());
      NDArray patches = encoder.embedding().patches(rgb);
      golden.assertClose("pixel_values_videos", patches, 0);
      if (golden.config.positionSide() > 0) {
        golden.assertClose("pos_embed", encoder.embedding().positionRows(step), TOLERANCE);
      }
      NDArray x = encoder.embed(patches, step);
      golden.assertClose("vision_hidden.0", step.inGridOrder(x), TOLERANCE);
      for (int i = 0; i < golden.config.layers(); i++) {
        x = encoder.layer(i, x, step);
        golden.assertClose("vision_hidden." + (i + 1), step.inGridOrder(x), TOLERANCE);
        int plane = golden.config.deepstack().indexOf(i);
        if (plane >= 0) {
          golden.assertClose("deepstack." + plane, encoder.deepstack(plane, x, step), TOLERANCE);
        }
      }
      golden.assertClose("merged", encoder.merge(x, step), TOLERANCE);
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void encode_ofAGolden_givesPlanesOfFeatures(Path path) {
    QwenGolden golden = new QwenGolden(path);
    int out = golden.config.out();
    try (NDManager manager = PyTorch.engine().newBaseManager(Device.cpu());
        QwenVisionEncoder encoder =
            new QwenVisionEncoder(
                new WeightLoader(manager, ComputeType.F32),
                golden.config,
                golden.pixels,
                golden.weights)) {
      NDArray rgb = golden.rgb(manager);
      NDArray features = encoder.encode(rgb);
      assertEquals((long) out * golden.config.planes(), features.getShape().get(2));
      for (int plane = 0; plane < golden.config.planes(); plane++) {
        NDArray one =
            features.get(new NDIndex(":, :, %d:%d".formatted(plane * out, (plane + 1) * out)));
        golden.assertClose(plane == 0 ? "merged" : "deepstack." + (plane - 1), one, TOLERANCE);
      }
      for (int i = 0; i < golden.steps(); i++) {
        NDIndex alone = new NDIndex(i + ":" + (i + 1));
        double worst =
            QwenGolden.difference(
                features.get(alone).toFloatArray(), encoder.encode(rgb.get(alone)).toFloatArray());
        assertTrue(worst <= TOLERANCE, "step %d alone differs by %s".formatted(i, worst));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void grid_ofAGolden_hasTheReferencesOrder(Path path) {
    QwenGolden golden = new QwenGolden(path);
    PatchGrid grid = golden.grid();
    long[] places =
        LongStream.range(0, (long) golden.steps() * grid.patches())
            .map(patch -> patch % grid.patches())
            .flatMap(patch -> LongStream.of(grid.row((int) patch), grid.column((int) patch)))
            .toArray();
    assertArrayEquals(golden.longs("vision_position_ids"), places);
  }

  static Stream<Path> withWindows() throws IOException {
    return paths().stream().filter(path -> new QwenGolden(path).has("window_index"));
  }

  @ParameterizedTest
  @MethodSource("withWindows")
  void windows_ofAGolden_areTheReferences(Path path) {
    QwenGolden golden = new QwenGolden(path);
    PatchGrid grid = golden.grid();
    List<int[]> windows =
        new WindowOrder(grid.tokenRows(), grid.tokenColumns(), golden.config.window()).windows();
    LongStream.Builder index = LongStream.builder();
    LongStream.Builder borders = LongStream.builder().add(0);
    long border = 0;
    for (int step = 0; step < golden.steps(); step++) {
      long first = (long) step * grid.tokens();
      for (int[] window : windows) {
        Arrays.stream(window).forEach(token -> index.add(first + token));
        border += (long) window.length * grid.merge() * grid.merge();
        borders.add(border);
      }
    }
    assertArrayEquals(golden.longs("window_index"), index.build().toArray());
    assertArrayEquals(golden.longs("cu_window_seqlens"), borders.build().toArray());
  }
}

package io.tokenreel.model.family.qwenvl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.engine.PyTorch;
import io.tokenreel.model.engine.WeightLoader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Grids that the goldens do not have, against the towers in single operators. */
class PlainQwenVisionTest {

  private static final long SEED = 20261129;

  /** Sums in another order; values are near 1. */
  private static final double TOLERANCE = 2e-5;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "QWEN2_VL,5,2",
    "QWEN2_VL,1,4",
    "QWEN2_VL,1,1",
    "QWEN2_5_VL,7,5",
    "QWEN2_5_VL,8,3",
    "QWEN2_5_VL,4,4",
    "QWEN2_5_VL,1,7",
    "QWEN2_5_VL,5,1",
    "QWEN2_5_VL,1,1",
    "QWEN2_5_VL,6,9",
    "QWEN3_VL,7,5",
    "QWEN3_VL,1,6",
    "QWEN3_VL,2,1"
  })
  void encode_ofAGridOfTokens_agreesWithMaskedAttention(QwenVlKind kind, int rows, int columns)
      throws IOException {
    QwenVisionConfig config = SeededQwenVision.config(kind);
    new SeededQwenVision(config, SEED).write(folder, name -> name);
    CheckpointFolder checkpoint = QwenGolden.folder(folder);
    assertEquals(config, QwenVisionConfig.read(kind, checkpoint));
    QwenPixels pixels = QwenPixels.read(checkpoint, config);
    QwenVisionWeights weights = new QwenVisionWeights(checkpoint, config);
    int height = rows * config.factor();
    int width = columns * config.factor();
    byte[] rgb = PlainQwenVision.noise(height, width, SEED);
    try (NDManager manager = PyTorch.engine().newBaseManager(Device.cpu());
        QwenVisionEncoder encoder =
            new QwenVisionEncoder(
                new WeightLoader(manager, ComputeType.F32), config, pixels, weights)) {
      NDArray features = encoder.encode(levels(manager, rgb, height, width));
      assertEquals(
          new Shape(1, (long) rows * columns, (long) config.planes() * config.out()),
          features.getShape());
      NDArray plain =
          new PlainQwenVision(manager, config, pixels, weights).encode(rgb, height, width);
      double worst = QwenGolden.difference(plain.toFloatArray(), features.toFloatArray());
      assertTrue(worst <= TOLERANCE, "differs by %s, seed %d".formatted(worst, SEED));
    }
  }

  @ParameterizedTest
  @EnumSource(QwenVlKind.class)
  void encode_ofAStep_leavesNothingNativeButItsResult(QwenVlKind kind) throws IOException {
    QwenVisionConfig config = SeededQwenVision.config(kind);
    new SeededQwenVision(config, SEED).write(folder, name -> name);
    CheckpointFolder checkpoint = QwenGolden.folder(folder);
    QwenPixels pixels = QwenPixels.read(checkpoint, config);
    QwenVisionWeights weights = new QwenVisionWeights(checkpoint, config);
    int side = 4 * config.factor();
    try (NDManager manager = PyTorch.engine().newBaseManager(Device.cpu());
        QwenVisionEncoder encoder =
            new QwenVisionEncoder(
                new WeightLoader(manager, ComputeType.F32), config, pixels, weights);
        NDManager pass = manager.newSubManager()) {
      int loaded = manager.getManagedArrays().size();
      NDArray rgb = levels(pass, PlainQwenVision.noise(side, side, SEED), side, side);
      NDArray features = encoder.encode(rgb);
      assertEquals(Set.of(rgb, features), Set.copyOf(pass.getManagedArrays()));
      // Those of a manager below count as well.
      assertEquals(loaded + 2, manager.getManagedArrays().size());
    }
  }

  @Test
  void encode_fromManyThreads_givesTheSameBits() throws Exception {
    new SeededQwenVision(SeededQwenVision.QWEN2_5, SEED).write(folder, name -> name);
    CheckpointFolder checkpoint = QwenGolden.folder(folder);
    QwenPixels pixels = QwenPixels.read(checkpoint, SeededQwenVision.QWEN2_5);
    QwenVisionWeights weights = new QwenVisionWeights(checkpoint, SeededQwenVision.QWEN2_5);
    byte[] rgb = PlainQwenVision.noise(50, 70, SEED);
    ExecutorService callers = Executors.newFixedThreadPool(4);
    try (NDManager manager = PyTorch.engine().newBaseManager(Device.cpu());
        QwenVisionEncoder encoder =
            new QwenVisionEncoder(
                new WeightLoader(manager, ComputeType.F32),
                SeededQwenVision.QWEN2_5,
                pixels,
                weights)) {
      Callable<float[]> call =
          () -> {
            try (NDManager pass = manager.newSubManager()) {
              return encoder.encode(levels(pass, rgb, 50, 70)).toFloatArray();
            }
          };
      float[] expected = call.call();
      for (Future<float[]> result : callers.invokeAll(Collections.nCopies(20, call))) {
        assertArrayEquals(expected, result.get());
      }
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  void encode_ofASizeThatIsNoGrid_isAnErrorThatNamesBoth() throws IOException {
    new SeededQwenVision(SeededQwenVision.QWEN3, SEED).write(folder, name -> name);
    CheckpointFolder checkpoint = QwenGolden.folder(folder);
    QwenPixels pixels = QwenPixels.read(checkpoint, SeededQwenVision.QWEN3);
    QwenVisionWeights weights = new QwenVisionWeights(checkpoint, SeededQwenVision.QWEN3);
    try (NDManager manager = PyTorch.engine().newBaseManager(Device.cpu());
        QwenVisionEncoder encoder =
            new QwenVisionEncoder(
                new WeightLoader(manager, ComputeType.F32),
                SeededQwenVision.QWEN3,
                pixels,
                weights)) {
      NDArray rgb = levels(manager, new byte[2 * 16 * 20 * 3], 16, 20);
      assertEquals(
          "frames must have sides in multiples of 8 pixels; got 16 x 20",
          assertThrows(IllegalArgumentException.class, () -> encoder.encode(rgb)).getMessage());
    }
  }

  private static NDArray levels(NDManager manager, byte[] rgb, int height, int width) {
    ByteBuffer direct = ByteBuffer.allocateDirect(rgb.length).put(rgb).flip();
    return manager.create(direct, new Shape(1, 2, height, width, 3), DataType.UINT8);
  }
}

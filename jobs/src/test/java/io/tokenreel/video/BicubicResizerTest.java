package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.testing.Fixtures;
import io.tokenreel.testing.Safetensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BicubicResizerTest {

  private static final long SEED = 11;
  private static final Path GOLDEN = Fixtures.LLAVA_ONEVISION.resolve("expected.safetensors");

  @Test
  void resize_goldenFrames_equalPillowLevelForLevel() {
    assertResized(GOLDEN, Resampling.PILLOW);
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen2_vl", "qwen2_5_vl", "qwen3_vl"})
  void resize_framesOfQwensModels_equalTorchvisionLevelForLevel(String model) {
    assertResized(Fixtures.FITS.resolve(model + ".safetensors"), Resampling.TORCHVISION);
  }

  private static void assertResized(Path file, Resampling resampling) {
    Safetensors golden = Safetensors.read(file);
    Safetensors.Tensor frames = golden.tensor("frames");
    Safetensors.Tensor resized = golden.tensor("resized");
    BicubicResizer resizer = new BicubicResizer(size(frames), size(resized), resampling);
    int from = size(frames).rgbBytes();
    int to = size(resized).rgbBytes();
    for (int i = 0; i < frames.shape()[0]; i++) {
      assertArrayEquals(
          Arrays.copyOfRange(resized.data(), i * to, (i + 1) * to),
          resizer.resize(Arrays.copyOfRange(frames.data(), i * from, (i + 1) * from)),
          "frame " + i);
    }
  }

  @Test
  void resize_toTheSameSize_copiesThePixels() {
    byte[] rgb = noise(17, 31);
    FrameSize size = new FrameSize(17, 31);
    assertArrayEquals(rgb, new BicubicResizer(size, size, Resampling.PILLOW).resize(rgb));
  }

  @Test
  void resize_flatImage_staysFlatAtEverySize() {
    byte[] rgb = new byte[new FrameSize(5, 9).rgbBytes()];
    Arrays.fill(rgb, (byte) 201);
    for (int side = 1; side < 40; side++) {
      FrameSize target = new FrameSize(side, 40 - side);
      for (byte level :
          new BicubicResizer(new FrameSize(5, 9), target, Resampling.PILLOW).resize(rgb)) {
        assertEquals(201, level & 0xff, "at " + target);
      }
    }
  }

  @Test
  void resize_oneAxisOnly_leavesTheOtherUntouched() {
    byte[] rgb = noise(4, 6);
    byte[] wide =
        new BicubicResizer(new FrameSize(4, 6), new FrameSize(4, 12), Resampling.PILLOW)
            .resize(rgb);
    byte[] row = Arrays.copyOf(rgb, 18);
    byte[] wideRow =
        new BicubicResizer(new FrameSize(1, 6), new FrameSize(1, 12), Resampling.PILLOW)
            .resize(row);
    assertArrayEquals(wideRow, Arrays.copyOf(wide, 36));
  }

  /** A process that resizes more than a few frames comes to vectors. */
  @Test
  void resize_anySize_isInVectorsLevelForLevelTheSame() {
    assertTrue(VectorResizer.isAvailable());
    Random random = new Random(SEED);
    for (int run = 0; run < 200; run++) {
      FrameSize source = new FrameSize(1 + random.nextInt(70), 1 + random.nextInt(70));
      FrameSize target =
          switch (random.nextInt(4)) {
            case 0 -> new FrameSize(source.height(), 1 + random.nextInt(70));
            case 1 -> new FrameSize(1 + random.nextInt(70), source.width());
            default -> new FrameSize(1 + random.nextInt(70), 1 + random.nextInt(70));
          };
      Resampling resampling = Resampling.values()[run % 2];
      byte[] rgb = noise(source.height(), source.width());
      assertArrayEquals(
          new BicubicResizer(source, target, resampling).resize(rgb),
          new VectorResizer(source, target, resampling)
              .resize((y, row) -> System.arraycopy(rgb, y * row.length, row, 0, row.length)),
          "seed %d, run %d: %s to %s, %s".formatted(SEED, run, source, target, resampling));
    }
  }

  @Test
  void resize_muchInOneProcess_staysTheSame() {
    FrameSize source = new FrameSize(1024, 1024);
    FrameSize target = new FrameSize(100, 100);
    byte[] rgb = noise(source.height(), source.width());
    byte[] expected = new BicubicResizer(source, target, Resampling.PILLOW).resize(rgb);
    RowResizer resizer = new RowResizer(source, target, Resampling.PILLOW);
    for (int frame = 0; frame < 66; frame++) { // 64 have the pixels after which vectors come
      assertArrayEquals(
          expected,
          resizer.resize((y, row) -> System.arraycopy(rgb, y * row.length, row, 0, row.length)));
    }
  }

  private static FrameSize size(Safetensors.Tensor frames) {
    return new FrameSize((int) frames.shape()[1], (int) frames.shape()[2]);
  }

  private static byte[] noise(int height, int width) {
    byte[] rgb = new byte[new FrameSize(height, width).rgbBytes()];
    new Random(7).nextBytes(rgb);
    return rgb;
  }
}

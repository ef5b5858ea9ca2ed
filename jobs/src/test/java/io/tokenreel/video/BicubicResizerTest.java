package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.testing.Fixtures;
import io.tokenreel.testing.Safetensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BicubicResizerTest {

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

  private static FrameSize size(Safetensors.Tensor frames) {
    return new FrameSize((int) frames.shape()[1], (int) frames.shape()[2]);
  }

  private static byte[] noise(int height, int width) {
    byte[] rgb = new byte[new FrameSize(height, width).rgbBytes()];
    new Random(7).nextBytes(rgb);
    return rgb;
  }
}

package io.tokenreel.model.family.llava;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.model.safetensors.SafetensorsDtype;
import io.tokenreel.model.safetensors.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Agreement with an independent float64 version, over sizes, layers and stored types. */
class PlainVisionTest {

  private static final double TOLERANCE = 2e-4;
  private static final int FRAMES = 2;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void stages_ofOddSizesInThreeShards_agreeWithPlainLoops(SafetensorsDtype dtype)
      throws IOException {
    TestCheckpoint checkpoint = new TestCheckpoint(TestCheckpoint.ODD).dtype(dtype);
    Map<String, Tensor> tensors = new LinkedHashMap<>(checkpoint.tensors);
    checkpoint.layout(TestCheckpoint.PREFIXED).write(folder, 3);
    compare(TestCheckpoint.ODD, tensors, 3);
  }

  @Test
  void stages_ofTheSecondLastLayer_agreeWithPlainLoops() throws IOException {
    TestCheckpoint checkpoint =
        new TestCheckpoint(TestCheckpoint.ODD)
            .config("\"vision_feature_layer\": -1", "\"vision_feature_layer\": -2");
    checkpoint.write(folder);
    compare(TestCheckpoint.ODD, checkpoint.tensors, 2);
  }

  @Test
  void stages_ofTheDefaultModelsSizes_agreeWithPlainLoops() throws IOException {
    SeededCheckpoint sizes =
        new SeededCheckpoint(new SiglipConfig(80, 8, 96, 256, 2, 4, 1e-6), 128, 20261121);
    sizes.write(folder);
    compare(sizes, sizes.tensors(), 2);
  }

  private void compare(SeededCheckpoint seeded, Map<String, Tensor> tensors, int layers) {
    int frameBytes = seeded.vision().imageSize() * seeded.vision().imageSize() * 3;
    byte[] rgb = new byte[FRAMES * frameBytes];
    new Random(seeded.seed()).nextBytes(rgb);
    Map<String, float[]> actual = VisionStages.run(folder, rgb, FRAMES);
    PlainVision plain = new PlainVision(seeded.vision(), tensors);
    for (int frame = 0; frame < FRAMES; frame++) {
      byte[] one = Arrays.copyOfRange(rgb, frame * frameBytes, (frame + 1) * frameBytes);
      Map<String, double[]> expected = plain.stages(one, layers);
      assertEquals(expected.keySet(), actual.keySet());
      for (String stage : expected.keySet()) {
        double[] values = expected.get(stage);
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
          floats[i] = (float) values[i];
        }
        float[] all = actual.get(stage);
        Golden.assertClose(
            stage + " of frame " + frame + ", seed " + seeded.seed(),
            floats,
            Arrays.copyOfRange(all, frame * values.length, (frame + 1) * values.length),
            TOLERANCE);
      }
    }
  }
}

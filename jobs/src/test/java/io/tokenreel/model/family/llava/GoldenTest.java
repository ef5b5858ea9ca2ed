package io.tokenreel.model.family.llava;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.EncodeDigest;
import io.tokenreel.model.Models;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.VisionTower;
import io.tokenreel.model.safetensors.SafetensorsFile;
import io.tokenreel.testing.Fixtures;
import io.tokenreel.token.TokenShape;
import io.tokenreel.video.FixedFit;
import io.tokenreel.video.FrameSize;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

/** Agreement with Transformers, stage by stage, on the golden checkpoint. */
class GoldenTest {

  private static final double TOLERANCE = 2e-4;

  @Test
  void stages_ofTheGoldenCheckpoint_agreeWithTransformers() {
    Map<String, float[]> stages = VisionStages.run(Golden.FOLDER, Golden.resized(), Golden.FRAMES);
    stages.forEach(
        (name, values) -> Golden.assertClose(name, Golden.floats(name), values, TOLERANCE));
    Golden.assertClose(
        "vision_hidden", Golden.floats("vision_hidden"), stages.get("vision_hidden.3"), TOLERANCE);
  }

  @Test
  void encode_ofTheGoldenCheckpoint_givesPooledTokens() {
    try (VisionTower tower =
        Models.openVision(Golden.FOLDER.toString(), DeviceChoice.CPU, new Configuration())) {
      Golden.assertClose(
          "pooled",
          Golden.floats("pooled"),
          EncodeDigest.floats(tower, EncodeDigest.frames(new FrameSize(70, 70), Golden.resized())),
          TOLERANCE);
    }
  }

  @Test
  void describe_ofTheGoldenCheckpoint_givesSizesAndNewline() {
    VisionInfo info = Models.describe(Golden.FOLDER.toString(), new Configuration());
    assertEquals(new FixedFit(new FrameSize(70, 70)), info.fit());
    assertEquals(new TokenShape(6, 3, 3, 64), info.shape(6, new FrameSize(70, 70)));
    assertArrayEquals(
        SafetensorsFile.open(Fixtures.LLAVA_ONEVISION_VISION).tensor("image_newline").floats(),
        info.layout().rows());
    assertTrue(info.encoder().matches("llava_onevision@[0-9a-f]{20}"), info.encoder());
  }
}

package io.tokenreel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefaultModelTest {

  private static final List<String> FILES =
      List.of("config.json", "preprocessor_config.json", "model.safetensors");

  @TempDir Path folder;

  @Test
  void write_twice_givesTheSameBytes() throws IOException {
    DefaultModel.write(folder.resolve("a"));
    DefaultModel.write(folder.resolve("b"));
    for (String file : FILES) {
      assertEquals(
          -1, Files.mismatch(folder.resolve("a").resolve(file), folder.resolve("b").resolve(file)));
    }
  }

  @Test
  void describe_ofTheDefault_isPinned() {
    VisionInfo info = Models.describe(Models.DEFAULT, new Configuration());
    assertEquals("default@fab6917761d12064", info.encoder());
    assertEquals(64, info.frameHeight());
    assertEquals(16, info.tokensPerFrame());
    assertEquals(128, info.dim());
    assertEquals(128, info.separatorRows().length);
  }

  @Test
  void encode_ofDifferentFrames_tellsThemApart() {
    try (VisionTower tower =
        Models.openVision(Models.DEFAULT, DeviceChoice.CPU, new Configuration())) {
      int frameBytes = 64 * 64 * 3;
      byte[] rgb = new byte[2 * frameBytes];
      Arrays.fill(rgb, frameBytes, rgb.length, (byte) 200);
      float[] tokens = tower.encode(rgb, 2);
      double distance = 0;
      for (int i = 0; i < tokens.length / 2; i++) {
        assertTrue(Float.isFinite(tokens[i]));
        distance = Math.max(distance, Math.abs(tokens[i] - tokens[i + tokens.length / 2]));
      }
      assertTrue(distance > 0.1, "black and grey differ by " + distance);
    }
  }
}

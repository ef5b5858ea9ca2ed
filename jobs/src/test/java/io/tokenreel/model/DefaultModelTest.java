package io.tokenreel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.video.FrameSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefaultModelTest {

  private static final long MOST_BYTES = 6_000_000;

  @TempDir Path folder;

  @Test
  void write_twice_replacesWhatIsThere() throws IOException {
    DefaultModel.write(folder);
    Files.writeString(folder.resolve("config.json"), "{}");
    DefaultModel.write(folder);
    assertTrue(Files.size(folder.resolve("config.json")) > 100);
  }

  @Test
  void write_anywhere_isSmallAndBringsItsCard() throws IOException {
    DefaultModel.write(folder);
    long bytes = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    assertTrue(bytes <= MOST_BYTES, bytes + " bytes");
    String card = Files.readString(folder.resolve("MODEL_CARD.md"));
    for (String part : List.of("seed", "steps", "minutes", "## Accuracy", "`none`", "vidcom2")) {
      assertTrue(card.contains(part), part);
    }
  }

  @Test
  void describe_ofTheDefault_isPinned() {
    VisionInfo vision = Models.describe(Models.DEFAULT, new Configuration());
    assertEquals("llava_onevision@df0d779c19cd75f0f1c9", vision.encoder());
    assertEquals(Models.DEFAULT, vision.model());
    assertEquals("fixed:80x80", vision.fit().toString());
    assertEquals("25 tokens a frame", vision.grid().describe());
    assertEquals(128, vision.dim());
    assertEquals(128, vision.layout().rows().length);
    LanguageInfo language = Models.describeLanguage(Models.DEFAULT, new Configuration());
    assertEquals("qwen2_4x128@7f99cd9a1b618d2934e6", language.decoder());
    assertEquals(128, language.dim());
  }

  /** What version 0.1.0 wrote into its caches. */
  @Test
  void keys_inACacheOfBefore_areThoseOfItsRows() {
    Configuration hadoop = new Configuration();
    String encoder = Models.describe(Models.DEFAULT, hadoop).encoder();
    for (String old : List.of("default@e8030cb555a89a03", "a copy@e8030cb555a89a03")) {
      assertEquals(
          old,
          ModelKeys.encoder(
              Models.DEFAULT, hadoop, List.of("default@0123456789abcdef", old, "siglip@1")));
      assertEquals(encoder, ModelKeys.encoder(Models.DEFAULT, hadoop, List.of(old, encoder)));
    }
    assertEquals(
        encoder, ModelKeys.encoder(Models.DEFAULT, hadoop, List.of("default@0123456789abcdef")));
    assertEquals(
        "default@4bee216861c991ef",
        ModelKeys.decoder(Models.DEFAULT, hadoop, List.of("default@4bee216861c991ef")));
  }

  /** An older or newer TokenReel may run beside this one. */
  @Test
  void folder_ofTheCache_isNamedAfterWhatItHolds() throws IOException {
    Path kept = DefaultModel.folder();
    assertEquals(Models.DEFAULT, kept.getFileName().toString());
    assertTrue(kept.getParent().getFileName().toString().matches("[0-9a-f]{16}"), kept.toString());
    DefaultModel.write(folder);
    assertEquals(
        -1, Files.mismatch(folder.resolve("model.safetensors"), kept.resolve("model.safetensors")));
  }

  @Test
  void encode_ofDifferentFrames_tellsThemApart() {
    try (VisionTower tower =
        Models.openVision(Models.DEFAULT, DeviceChoice.CPU, new Configuration())) {
      int frameBytes = 80 * 80 * 3;
      byte[] rgb = new byte[2 * frameBytes];
      Arrays.fill(rgb, frameBytes, rgb.length, (byte) 200);
      float[] tokens = EncodeDigest.floats(tower, EncodeDigest.frames(new FrameSize(80, 80), rgb));
      double distance = 0;
      for (int i = 0; i < tokens.length / 2; i++) {
        assertTrue(Float.isFinite(tokens[i]));
        distance = Math.max(distance, Math.abs(tokens[i] - tokens[i + tokens.length / 2]));
      }
      assertTrue(distance > 0.1, "black and grey differ by " + distance);
    }
  }
}

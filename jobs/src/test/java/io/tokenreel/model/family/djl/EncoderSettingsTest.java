package io.tokenreel.model.family.djl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.StepGrid;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.video.FrameSize;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncoderSettingsTest {

  @TempDir Path folder;

  private EncoderSettings read(String settings) {
    String model = ExportedFolder.write(folder, "tiny.pt", settings);
    return EncoderSettings.read(CheckpointFolder.open(model, new Configuration()));
  }

  @Test
  void read_ofAllKeys_hasTheirValues() {
    EncoderSettings settings = read(ExportedFolder.SETTINGS);
    assertEquals(new FrameSize(8, 12), settings.frame());
    assertEquals(new StepGrid.Size(2, 3), settings.grid());
    assertEquals(3, settings.channels());
    assertEquals(1, settings.skip());
    assertEquals(7, settings.modelTokens());
    assertArrayEquals(new double[] {0.5, 0.4, 0.3}, settings.mean());
    assertArrayEquals(new double[] {0.2, 0.3, 0.4}, settings.deviation());
    assertEquals("output 0", settings.output().toString());
  }

  @Test
  void read_withoutTheOptionalKeys_skipsNothingAndWantsOneOutput() {
    EncoderSettings settings =
        read(ExportedFolder.SETTINGS.replace("skip: 1\n", "").replace("output: 0\n", ""));
    assertEquals(0, settings.skip());
    assertEquals("the only output", settings.output().toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "frame: 8x12 | frame: 8 | frame must be HEIGHTxWIDTH in pixels, such as 224x224; got 8",
        "frame: 8x12 | frame: 8x012 | frame must be HEIGHTxWIDTH in pixels, such as 224x224; got \"8x012\"",
        "grid: 2x3 | grid: 2 x 3 | grid must be ROWSxCOLUMNS of tokens, such as 16x16; got \"2 x 3\"",
        "channels: 3 | channels: 0 | channels must be an integer of at least 1; got 0",
        "skip: 1 | skip: -1 | skip must be an integer of at least 0; got -1",
        "mean: [0.5, 0.4, 0.3] | mean: 0.5 | mean must be 3 numbers; got 0.5",
        "std: [0.2, 0.3, 0.4] | std: [1, 0, 1] | std must be 3 numbers above 0; got [1.0, 0.0, 1.0]",
        "output: 0 | output: -1 | output must be an integer of at least 0; got -1",
        "skip: 1 | skipp: 1 | unknown key 'skipp'; did you mean skip? known: [frame, grid, channels, mean, std, skip, output]",
        "channels: 3 | # none | lacks [channels]; it must have [frame, grid, channels, mean, std] and may have [skip, output]",
        "skip: 1 | frame: 8x12 | is not YAML: Duplicate field 'frame'",
      })
  void read_ofAWrongValue_saysWhatIsExpected(String sound, String wrong, String expected) {
    String settings = ExportedFolder.SETTINGS.replace(sound, wrong);
    String message =
        assertThrows(IllegalArgumentException.class, () -> read(settings)).getMessage();
    assertTrue(message.contains(expected), message);
    assertTrue(message.contains("tokenreel.yaml"), message);
  }
}

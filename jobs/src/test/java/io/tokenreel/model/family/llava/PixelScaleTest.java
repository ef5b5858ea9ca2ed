package io.tokenreel.model.family.llava;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the settings of pixels are read. */
class PixelScaleTest {

  private static final String SIZE = "'size': {'height': 65, 'width': 65}";

  @TempDir Path folder;

  private PixelScale read(String fields) throws IOException {
    Files.writeString(folder.resolve("config.json"), ("{" + fields + "}").replace('\'', '"'));
    CheckpointFolder checkpoint = CheckpointFolder.open(folder.toString(), new Configuration());
    return PixelScale.of(Settings.read(checkpoint, "config.json"), 65);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'do_resize': false, SIZE|do_resize must be one of [true]; got false",
        "'do_center_crop': true, SIZE|do_center_crop must be one of [false]; got true",
        "'resample': 2, SIZE|resample must be one of [3]; got 2",
        "'size': {'height': 65, 'width': 64}|width must be one of [65]; got 64",
        "'size': {'shortest_edge': 65}|a size with height and width, 65 each",
        "'size': 65|a size with height and width, 65 each",
      },
      quoteCharacter = '\0')
  void of_whatIsNotComputed_namesIt(String fields, String expected) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> read(fields.replace("SIZE", SIZE)))
            .getMessage();
    assertTrue(message.contains(expected), message);
  }

  /** Images are padded to tiles of one number; a video's frames have no tiles. */
  @Test
  void of_settingsOfImagesAlone_areNotLookedAt() throws IOException {
    PixelScale scale = read("'do_pad': true, 'do_center_crop': null, 'do_rescale': false, " + SIZE);
    assertEquals(1, scale.factor());
  }
}

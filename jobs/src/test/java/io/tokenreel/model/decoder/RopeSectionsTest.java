package io.tokenreel.model.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which axis a wavelength reads. */
class RopeSectionsTest {

  @TempDir Path folder;

  @Test
  void axisOf_sections_followEachOther() {
    assertArrayEquals(
        new int[] {0, 0, 1, 1, 1, 2, 2, 2}, new RopeSections(List.of(2, 3, 3), false).axisOf(8));
    assertArrayEquals(
        IntStream.range(0, 64).map(i -> i < 16 ? 0 : i < 40 ? 1 : 2).toArray(),
        new RopeSections(List.of(16, 24, 24), false).axisOf(64));
  }

  @Test
  void axisOf_interleavedSections_takeTurnsWithTime() {
    assertArrayEquals(
        new int[] {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 0, 0},
        new RopeSections(List.of(6, 3, 3), true).axisOf(12));
    int[] published = new RopeSections(List.of(24, 20, 20), true).axisOf(64);
    assertArrayEquals(IntStream.range(0, 64).map(i -> i < 60 ? i % 3 : 0).toArray(), published);
    assertEquals(24, Arrays.stream(published).filter(axis -> axis == 0).count());
  }

  @Test
  void axisOf_none_isOneAxis() {
    assertEquals(1, RopeSections.NONE.axes());
    assertArrayEquals(new int[4], RopeSections.NONE.axisOf(4));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "QWEN2_VL|{\"mrope_section\": [2, 3]}|half a head's 16 channels; got [2, 3]",
        "QWEN2_VL|{\"mrope_section\": [2, 3, 4]}|half a head's 16 channels; got [2, 3, 4]",
        "QWEN2_VL|{}|half a head's 16 channels; got [16, 24, 24]",
        "QWEN3_VL|{}|half a head's 16 channels; got [24, 20, 20]",
        "QWEN3_VL|{\"mrope_section\": [1, 3, 4]}|axis 2's 4 times; got [1, 3, 4]",
        "QWEN2_VL|{\"rope_type\": \"yarn\"}|rope_type must be one of [default, mrope]",
        "QWEN2|{\"type\": \"linear\"}|type must be one of [default, mrope]",
      })
  void of_settingsThatAreNotComputed_saysWhatCame(DecoderKind kind, String rope, String expected)
      throws IOException {
    Files.writeString(folder.resolve("config.json"), rope);
    CheckpointFolder checkpoint = CheckpointFolder.open(folder.toString(), new Configuration());
    Settings settings = Settings.read(checkpoint, "config.json");
    String message =
        assertThrows(IllegalArgumentException.class, () -> RopeSections.of(settings, kind, 16))
            .getMessage();
    assertTrue(message.contains(expected), message);
  }
}

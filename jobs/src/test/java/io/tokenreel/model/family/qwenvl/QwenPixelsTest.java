package io.tokenreel.model.family.qwenvl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.tokenreel.video.FrameSize;
import io.tokenreel.video.SmartFit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How frames are sized and scaled, in every spelling. */
class QwenPixelsTest {

  private static final String IMAGES = "preprocessor_config.json";
  private static final String VIDEOS = "video_preprocessor_config.json";
  private static final String PROCESSOR = "processor_config.json";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "qwen2_vl_tiny|smart:factor=28,min=3136,max=12845056,over=frame",
        "qwen2_5_vl_tiny|smart:factor=28,min=3136,max=12845056,over=frame",
        "qwen3_vl_tiny|smart:factor=32,min=4096,max=25165824,over=clip"
      })
  void fit_ofAGolden_isThatOfItsFamily(String name, String fit) {
    assertEquals(fit, new QwenGolden(QwenGolden.FOLDERS.resolve(name)).pixels.fit().toString());
  }

  static List<Path> goldens() throws IOException {
    return QwenGolden.paths();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void fit_ofAGoldensFrames_isTheirSize(Path path) {
    QwenGolden golden = new QwenGolden(path);
    List<Long> frames = golden.shape("frames");
    FrameSize source = new FrameSize(frames.get(1).intValue(), frames.get(2).intValue());
    FrameSize size = golden.pixels.fit().size(source, frames.get(0).intValue());
    assertEquals(
        golden.shape("resized").subList(1, 3), List.of((long) size.height(), (long) size.width()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "QWEN2_VL||smart:factor=28,min=100352,max=602112,over=frame",
        "QWEN3_VL||smart:factor=32,min=131072,max=786432,over=clip",
        "QWEN2_5_VL|'size': {'shortest_edge': 56, 'longest_edge': 900}|smart:factor=28,min=56,max=900,over=frame",
        "QWEN2_VL|'min_pixels': 56, 'max_pixels': 900|smart:factor=28,min=56,max=900,over=frame",
        "QWEN2_VL|'min_pixels': 56|smart:factor=28,min=56,max=602112,over=frame",
        "QWEN2_VL|'size': {'shortest_edge': 1, 'longest_edge': 2}, 'min_pixels': 56, 'max_pixels': 900|smart:factor=28,min=56,max=900,over=frame",
        "QWEN2_VL|'size': {'shortest_edge': 1, 'longest_edge': 2}, 'min_pixels': null, 'max_pixels': null|smart:factor=28,min=1,max=2,over=frame",
        "QWEN2_VL|'size': {'shortest_edge': 56}, 'max_pixels': 900|smart:factor=28,min=56,max=900,over=frame",
      },
      quoteCharacter = '\0')
  void fit_inAnySpelling_isRead(QwenVlKind kind, String fields, String fit) throws IOException {
    assertEquals(fit, pixels(kind, fields).fit().toString());
  }

  @Test
  void scale_ofNoSettings_isTheFamilys() throws IOException {
    QwenPixels clip = pixels(QwenVlKind.QWEN2_5_VL, "");
    assertArrayEquals(
        new float[] {0.48145466f * 255, 0.4578275f * 255, 0.40821073f * 255}, clip.subtract());
    assertArrayEquals(
        new float[] {0.26862954f * 255, 0.26130258f * 255, 0.27577711f * 255}, clip.divide());
    QwenPixels half = pixels(QwenVlKind.QWEN3_VL, "");
    assertArrayEquals(new float[] {127.5f, 127.5f, 127.5f}, half.subtract());
    assertArrayEquals(new float[] {127.5f, 127.5f, 127.5f}, half.divide());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'do_rescale': false|0.5|0.5",
        "'do_normalize': false|0|255",
        "'do_normalize': false, 'do_rescale': false|0|1",
        "'rescale_factor': 0.25|2|2",
        "'image_mean': [0.25, 0.25, 0.25], 'image_std': [1, 1, 1]|63.75|255",
      },
      quoteCharacter = '\0')
  void scale_ofOtherSettings_isTheirs(String fields, float subtract, float divide)
      throws IOException {
    QwenPixels usual = pixels(QwenVlKind.QWEN3_VL, "");
    QwenPixels pixels = pixels(QwenVlKind.QWEN3_VL, fields);
    assertArrayEquals(new float[] {subtract, subtract, subtract}, pixels.subtract());
    assertArrayEquals(new float[] {divide, divide, divide}, pixels.divide());
    assertNotEquals(usual.canonical(), pixels.canonical());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "QWEN2_VL|'do_resize': false|do_resize; one of [true]; got false",
        "QWEN2_VL|'resample': 2|resample; one of [3]; got 2",
        "QWEN2_VL|'cap_pixels_per_frame': true|cap_pixels_per_frame; one of [false]; got true",
        "QWEN2_VL|'patch_size': 16|patch_size; one of [14]; got 16",
        "QWEN3_VL|'patch_size': 14|patch_size; one of [16]; got 14",
        "QWEN3_VL|'merge_size': 1|merge_size; one of [2]; got 1",
        "QWEN2_5_VL|'temporal_patch_size': 1|temporal_patch_size; one of [2]; got 1",
        "QWEN2_VL|'image_mean': 0.5|image_mean; 3 numbers; got 0.5",
        "QWEN2_VL|'size': {'height': 28}|min_pixels; shortest_edge",
        "QWEN2_VL|'min_pixels': 0|min_pixels; at least 1; got 0",
        "QWEN2_VL|'min_pixels': 900, 'max_pixels': 56|min from 1 to max; min=900,max=56",
      },
      quoteCharacter = '\0')
  void read_ofWhatIsNotComputed_namesTheSettingWhatIsExpectedAndWhatCame(
      QwenVlKind kind, String fields, String pieces) throws IOException {
    QwenSettings settings =
        new QwenSettings(folder)
            .vision("")
            .write(IMAGES, "{%s}".formatted(fields.replace('\'', '"')));
    QwenSettings.assertRefused(() -> settings.pixels(kind), pieces);
  }

  /** The nested settings of Transformers 5 come first, then those for videos. */
  @Test
  void read_ofSeveralFiles_takesTheOneThatTransformersTakes() throws IOException {
    QwenSettings settings = new QwenSettings(folder).vision("");
    String sized = "{\"min_pixels\": %d, \"max_pixels\": 9999}";
    settings.write(PROCESSOR, "{\"image_processor\": %s}".formatted(sized.formatted(1)));
    assertEquals(1, least(settings));
    settings.write(IMAGES, sized.formatted(2));
    assertEquals(2, least(settings));
    settings.write(VIDEOS, sized.formatted(3));
    assertEquals(3, least(settings));
    settings.write(PROCESSOR, "{\"video_processor\": %s}".formatted(sized.formatted(4)));
    assertEquals(4, least(settings));
  }

  private static int least(QwenSettings settings) {
    return ((SmartFit) settings.pixels(QwenVlKind.QWEN2_VL).fit()).min();
  }

  private QwenPixels pixels(QwenVlKind kind, String fields) throws IOException {
    String json = fields == null ? "" : fields.replace('\'', '"');
    return new QwenSettings(folder).vision("").write(IMAGES, "{%s}".formatted(json)).pixels(kind);
  }
}

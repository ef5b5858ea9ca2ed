package io.tokenreel.model.family.djl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.EncodeDigest;
import io.tokenreel.model.Models;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.VisionTower;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.engine.StepEncoder;
import io.tokenreel.video.FrameSize;
import io.tokenreel.video.Frames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DjlFamilyTest {

  private static final Configuration HADOOP = new Configuration();
  private static final FrameSize SIZE = new FrameSize(8, 12);
  private static final int SIDE = 4;
  private static final int CHANNELS = 3;
  private static final int FRAME_VALUES = 6 * CHANNELS;
  private static final double[] MEAN = {0.5, 0.4, 0.3};
  private static final double[] DEVIATION = {0.2, 0.3, 0.4};
  private static final float ROUNDING = 2e-6f;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"tiny.pt", "tiny.onnx"})
  void encode_ofNoise_givesTheGridWithoutTheClassToken(String file) {
    String model = ExportedFolder.write(folder, file, ExportedFolder.SETTINGS);
    try (VisionTower tower = Models.openVision(model, DeviceChoice.CPU, HADOOP)) {
      Frames frames = EncodeDigest.frames(tower.info(), 5, 7);
      assertArrayEquals(means(frames), EncodeDigest.floats(tower, frames), ROUNDING);
    }
  }

  /** Of scaled levels, per square of pixels and colour: {@code [frame][row][column][colour]}. */
  private static float[] means(Frames frames) {
    float[] means = new float[frames.count() * FRAME_VALUES];
    for (int i = 0; i < means.length; i++) {
      int colour = i % CHANNELS;
      int column = i / CHANNELS % 3;
      int row = i / (3 * CHANNELS) % 2;
      double sum = 0;
      for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
        int y = row * SIDE + pixel / SIDE;
        int x = column * SIDE + pixel % SIDE;
        int place = ((i / FRAME_VALUES * SIZE.height() + y) * SIZE.width() + x) * 3 + colour;
        double level = Byte.toUnsignedInt(frames.rgb()[place]) / 255.0;
        sum += (level - MEAN[colour]) / DEVIATION[colour];
      }
      means[i] = (float) (sum / (SIDE * SIDE));
    }
    return means;
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny.pt", "tiny.onnx"})
  void encode_ofSeveralFramesInAPass_givesTheTokensOfEach(String file) {
    CheckpointFolder opened =
        CheckpointFolder.open(ExportedFolder.write(folder, file, ExportedFolder.SETTINGS), HADOOP);
    try (StepEncoder encoder = new DjlFamily().encoder(opened, Device.cpu())) {
      Frames frames = EncodeDigest.frames(encoder.info(), 4, 9);
      ByteBuffer rgb = ByteBuffer.allocateDirect(frames.rgb().length).put(frames.rgb()).flip();
      FloatBuffer first = FloatBuffer.allocate(3 * FRAME_VALUES);
      encoder.encode(rgb, 4, SIZE, first);
      assertArrayEquals(means(EncodeDigest.part(frames, 0, 3)), first.array(), ROUNDING);
    }
  }

  @Test
  void describe_ofAFolder_saysWhatItsSettingsSay() {
    VisionInfo info = describe("tiny.pt", ExportedFolder.SETTINGS);
    assertTrue(info.encoder().matches("djl@[0-9a-f]{20}"), info.encoder());
    assertEquals("tiny.pt of 1", info.model());
    assertEquals("fixed:8x12", info.fit().toString());
    assertEquals("6 tokens a frame", info.grid().describe());
    assertEquals(CHANNELS, info.dim());
    assertEquals(0, info.layout().rows().length);
  }

  private VisionInfo describe(String file, String settings) {
    Path own = folder.resolve(file + " of " + (folder.toFile().list().length + 1));
    return Models.describe(ExportedFolder.write(own, file, settings), HADOOP);
  }

  @Test
  void describe_ofOtherBytesOrSettings_namesAnotherEncoder() {
    String encoder = describe("tiny.pt", ExportedFolder.SETTINGS).encoder();
    String commented = "# a comment\n" + ExportedFolder.SETTINGS.replace("0.5,", "0.50,");
    assertEquals(encoder, describe("tiny.pt", commented).encoder());
    assertNotEquals(encoder, describe("tiny.onnx", ExportedFolder.SETTINGS).encoder());
    for (String changed :
        List.of(
            "frame: 8x16",
            "grid: 3x2",
            "channels: 4",
            "skip: 2",
            "mean: [0.5, 0.4, 0.2]",
            "std: [0.2, 0.3, 0.5]",
            "output: 1")) {
      String key = changed.substring(0, changed.indexOf(':'));
      String settings = ExportedFolder.SETTINGS.replaceFirst("(?m)^" + key + ":.*$", changed);
      assertNotEquals(encoder, describe("tiny.pt", settings).encoder(), changed);
    }
  }

  @Test
  void language_ofAnExportedEncoder_isRefused() {
    String model = ExportedFolder.write(folder, "tiny.pt", ExportedFolder.SETTINGS);
    refused(
        " encodes only: it has no language model", () -> Models.describeLanguage(model, HADOOP));
    refused(
        " encodes only: it has no language model",
        () -> Models.openLanguage(model, DeviceChoice.CPU, HADOOP));
  }

  @Test
  void open_ofAnotherOutputThanSaid_saysWhatWasExpectedAndWhatCame() {
    refusedWith("output: 1", "a black frame gave: float32 (1, 3); correct tokenreel.yaml");
    refusedWith(
        "output: 2",
        "the model has no output 2; set output to a name or a number from 0 on of [0 (1, 7, 3), 1 (1, 3)]");
    refusedWith("output: last", "the model has no output 'last'; set output");
    refusedWith("", "the model has several outputs, and tokenreel.yaml must say which; set output");
  }

  private void refusedWith(String output, String expected) {
    String settings = ExportedFolder.SETTINGS.replace("output: 0", output);
    Path own = folder.resolve("output " + output.length() + output);
    String model = ExportedFolder.write(own, "tiny.pt", settings);
    refused(expected, () -> Models.openVision(model, DeviceChoice.CPU, HADOOP));
  }

  @Test
  void open_ofAnOutputByItsName_isThatOne() {
    String settings = ExportedFolder.SETTINGS.replace("output: 0", "output: tokens");
    String model = ExportedFolder.write(folder, "tiny.onnx", settings);
    try (VisionTower tower = Models.openVision(model, DeviceChoice.CPU, HADOOP)) {
      Frames frames = EncodeDigest.frames(tower.info(), 1, 7);
      assertArrayEquals(means(frames), EncodeDigest.floats(tower, frames), ROUNDING);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny.pt", "tiny.onnx"})
  void open_ofOtherSizesThanSaid_saysWhatWasExpectedAndWhatCame(String file) {
    String settings = ExportedFolder.SETTINGS.replace("grid: 2x3", "grid: 3x3");
    String model = ExportedFolder.write(folder, file, settings);
    refused(
        "must take float32 (1, 3, 8, 12) and give float32 (1, 10, 3), which are skip 1 and grid 3x3, of 3 channels; a black frame gave: float32 (1, 7, 3); correct tokenreel.yaml, or export the model so",
        () -> Models.openVision(model, DeviceChoice.CPU, HADOOP));
  }

  @Test
  void open_ofAFrameThatTheModelDoesNotTake_saysWhatTheEngineSays() {
    String settings = ExportedFolder.SETTINGS.replace("frame: 8x12", "frame: 8x8");
    String model = ExportedFolder.write(folder, "tiny.onnx", settings);
    refused(
        "index: 3 Got: 8 Expected: 12", () -> Models.openVision(model, DeviceChoice.CPU, HADOOP));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny.pt", "tiny.onnx"})
  void open_ofAFileThatIsNoModel_namesTheFile(String file) throws IOException {
    String model = ExportedFolder.write(folder, file, ExportedFolder.SETTINGS);
    Files.writeString(folder.resolve(file), "no model");
    refused(
        file + " of model 'file:" + folder + "' cannot be loaded by ",
        () -> Models.openVision(model, DeviceChoice.CPU, HADOOP));
  }

  @Test
  void describe_ofNoneOrSeveralModelFiles_listsWhatIsThere() throws IOException {
    String model = ExportedFolder.write(folder, "tiny.pt", ExportedFolder.SETTINGS);
    Files.copy(folder.resolve("tiny.pt"), folder.resolve("other.onnx"));
    refused(
        "must hold one file that ends in .pt (TorchScript) or .onnx; got [other.onnx, tiny.pt]",
        () -> Models.describe(model, HADOOP));
    Files.delete(folder.resolve("tiny.pt"));
    Files.delete(folder.resolve("other.onnx"));
    refused("got [] of [tokenreel.yaml]", () -> Models.describe(model, HADOOP));
  }

  @Test
  void describe_ofAFolderWithoutSettings_saysWhatIsExpected() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{}");
    refused(
        "holds no tokenreel.yaml; expected the folder of an exported encoder",
        () -> Models.describe("djl:" + folder, HADOOP));
    refused("djl/missing' does not exist", () -> Models.describe("djl:djl/missing", HADOOP));
  }

  @Test
  void describe_ofAnExportedEncoderWithoutThePrefix_saysHowToNameIt() {
    String model = ExportedFolder.write(folder, "tiny.pt", ExportedFolder.SETTINGS);
    refused(
        "is an exported encoder: name it " + model,
        () -> Models.describe(folder.toString(), HADOOP));
    refused("takes no settings", () -> Models.describe(model + "#skip=1", HADOOP));
  }

  @Test
  void describe_ofOnnxWithoutItsEngine_saysHowItGetsThere() {
    String model = ExportedFolder.write(folder, "tiny.onnx", ExportedFolder.SETTINGS);
    Thread thread = Thread.currentThread();
    ClassLoader loader = thread.getContextClassLoader();
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      refused(
          "give spark-submit --packages ai.djl.onnxruntime:onnxruntime-engine:0.35.1, or --jars",
          () -> Models.describe(model, HADOOP));
    } finally {
      thread.setContextClassLoader(loader);
    }
  }

  private static void refused(String expected, Callable<?> call) {
    String message = assertThrows(IllegalArgumentException.class, call::call).getMessage();
    assertTrue(message.contains(expected), message);
  }
}

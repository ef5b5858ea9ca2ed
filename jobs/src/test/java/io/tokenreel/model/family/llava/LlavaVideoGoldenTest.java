package io.tokenreel.model.family.llava;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.compress.Compressors;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.EncodeDigest;
import io.tokenreel.model.FedVideo;
import io.tokenreel.model.LanguageModel;
import io.tokenreel.model.Models;
import io.tokenreel.model.SourceTimes;
import io.tokenreel.model.VideoPrompt;
import io.tokenreel.model.VideoReading;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.VisionTower;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.prompt.PromptTemplates;
import io.tokenreel.model.safetensors.SafetensorsFile;
import io.tokenreel.testing.Fixtures;
import io.tokenreel.testing.GoldenTensors;
import io.tokenreel.token.CompressedTokens;
import io.tokenreel.token.FeedLayout;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.token.TokenShape;
import io.tokenreel.video.FrameSize;
import io.tokenreel.video.Frames;
import io.tokenreel.video.SourceInfo;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Agreement with LLaVA-NeXT's code on a tiny LLaVA-Video. */
class LlavaVideoGoldenTest {

  private static final double VISION = 2e-4;
  private static final float LOGITS = 5e-4f;
  private static final FrameSize SIZE = new FrameSize(98, 98);
  private static final Configuration HADOOP = new Configuration();
  private static final GoldenTensors EXPECTED = GoldenTensors.of(Fixtures.LLAVA_VIDEO);

  /** As lmms-eval runs it. */
  private static final String EVAL = "#mm_spatial_pool_mode=average&add_time_instruction=false";

  private static final String SORTED = "#tokenreel_layout=line-ends-in-place";

  private static String model(String run) {
    String options = run.contains("@eval") ? EVAL : "";
    if (run.contains("@sorted")) {
      options += options.isEmpty() ? SORTED : "&" + SORTED.substring(1);
    }
    return Fixtures.LLAVA_VIDEO + options;
  }

  private static Frames resized() {
    return EncodeDigest.frames(SIZE, EXPECTED.bytes("resized"));
  }

  /** The pooled tokens of a run, as LLaVA-NeXT's code gives them. */
  private static TokenBlock pooled(String run) {
    float[] tokens = EXPECTED.floats(run.contains("@eval") ? "pooled@eval" : "pooled");
    int grid = run.contains("@eval") ? 3 : 4;
    return TokenBlock.ofFloats(new TokenShape(6, grid, grid, 64), tokens);
  }

  private static FedVideo fed(String run) {
    TokenBlock block = pooled(run);
    CompressedTokens kept =
        block.keep(Compressors.of(run.split("@")[0]).select(block), TokenFormat.F32);
    CompressedTokens fed = Models.describe(model(run), HADOOP).layout().feed(kept, block.shape());
    return new FedVideo(
        TokenFormat.F32.decode(fed.data()),
        64,
        1,
        Optional.of(
            new FedVideo.Places(block.shape(), fed.index(), Optional.of(times("frames_indices")))));
  }

  private static SourceTimes times(String indices) {
    return new SourceTimes(
        new SourceInfo(EXPECTED.ints("source_frames")[0], EXPECTED.number("source_fps")),
        EXPECTED.ints(indices));
  }

  @ParameterizedTest
  @CsvSource({"none,pooled", "none@eval,pooled@eval"})
  void encode_resizedFrames_givesThePooledTokens(String run, String expected) {
    try (VisionTower tower = Models.openVision(model(run), DeviceChoice.CPU, HADOOP)) {
      Golden.assertClose(
          expected, EXPECTED.floats(expected), EncodeDigest.floats(tower, resized()), VISION);
    }
  }

  @Test
  void describe_eachOption_changesTheEncoderAndOnlyWhatItMeans() {
    VisionInfo plain = Models.describe(model("none"), HADOOP);
    VisionInfo eval = Models.describe(model("none@eval"), HADOOP);
    assertEquals("fixed:98x98", plain.fit().toString());
    assertEquals(FeedLayout.Kind.LINE_ENDS, plain.layout().kind());
    assertArrayEquals(
        SafetensorsFile.open(Fixtures.LLAVA_VIDEO.resolve("model.safetensors"))
            .tensor("model.image_newline")
            .floats(),
        plain.layout().rows());
    assertEquals(new TokenShape(6, 4, 4, 64), plain.shape(6, SIZE));
    assertEquals(new TokenShape(6, 3, 3, 64), eval.shape(6, SIZE));
    assertNotEquals(plain.encoder(), eval.encoder());
    assertEquals("llava_video_tiny", eval.model());
    String timed = Models.describeLanguage(model("none"), HADOOP).decoder();
    assertNotEquals(timed, Models.describeLanguage(model("none@eval"), HADOOP).decoder());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#pool=average|pool cannot be set with the model's name; a LlavaQwenForCausalLM takes [add_time_instruction, mm_spatial_pool_mode, tokenreel_compute, tokenreel_layout]",
        "#mm_spatial_pool_mode=max|mm_spatial_pool_mode must be one of [bilinear, average]; got \"max\"",
        "#tokenreel_layout=ends|tokenreel_layout must be one of [plain, closing, line-ends, line-ends-in-place]",
      })
  void describe_optionThatIsUnknown_saysWhichAreKnown(String line) {
    String[] parts = line.split("\\|");
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Models.describe(Fixtures.LLAVA_VIDEO + parts[0], HADOOP))
            .getMessage();
    assertTrue(message.contains(parts[1]), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "none@eval"})
  void feed_allTokens_isTheGridWithItsNewlines(String run) {
    assertArrayEquals(EXPECTED.floats(run.replace("none", "grid")), fed(run).rows());
  }

  @ParameterizedTest
  @ValueSource(strings = {"vidcom2:retention=0.25", "vidcom2:retention=0.25@eval"})
  void feed_keptTokens_areThoseOfVidCom2InItsOrder(String run) {
    TokenBlock block = pooled(run);
    assertArrayEquals(
        EXPECTED.ints(run + ".keep"), Compressors.of(run.split("@")[0]).select(block).places());
    int side = block.shape().gridWidth();
    int[] index = fed(run).requirePlaces().index();
    int[] order = EXPECTED.ints(run + ".grid_keep"); // places in a grid whose rows end in a newline
    assertEquals(order.length, index.length);
    for (int i = 0; i < order.length; i++) {
      int line = order[i] / (side + 1);
      int column = order[i] % (side + 1);
      assertEquals(column == side ? FeedLayout.CONSTANT : line * side + column, index[i]);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none",
        "none@eval",
        "vidcom2:retention=0.25",
        "vidcom2:retention=0.25@eval",
        "vidcom2:retention=0.25@sorted",
        "vidcom2:retention=0.25@eval@sorted"
      })
  void answer_everyRun_givesTheGreedyTokensAndLogits(String run) {
    FedVideo video = fed(run);
    try (LanguageModel model = Models.openLanguage(model(run), DeviceChoice.CPU, HADOOP)) {
      String suffix = run.contains("@eval") ? "@eval" : "";
      for (String template : List.of(PromptTemplates.QWEN_1_5, PromptTemplates.CHAT)) {
        VideoPrompt prompt = model.prompts(template).of(EXPECTED.text("question"), video);
        if (template.equals(PromptTemplates.QWEN_1_5) || !suffix.isEmpty()) {
          assertEquals(EXPECTED.text("prompt" + suffix), prompt.text());
        }
      }
      VideoPrompt prompt =
          model.prompts(PromptTemplates.QWEN_1_5).of(EXPECTED.text("question"), video);
      try (VideoReading reading = model.read(prompt, video)) {
        VideoReading.Generated said = reading.generate(prompt.after(), KvSpec.FULL, 24);
        assertArrayEquals(
            EXPECTED.ints(run + ".greedy"),
            said.tokens().stream().mapToInt(Integer::intValue).toArray());
        assertEquals(EXPECTED.text(run + ".text").strip(), said.text());
        VideoReading.Scored scored =
            reading.score(prompt.after(), List.of("A", "B", "C", "D"), KvSpec.FULL);
        float[] logits = EXPECTED.floats(run + ".option_logits");
        for (int i = 0; i < logits.length; i++) {
          assertEquals(logits[i], scored.logits().get(i), LOGITS);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"frames_indices,frame_time", "frames_indices.fps1,frame_time.fps1"})
  void timeInstruction_ofEachSampling_namesTheTimesOfLoadVideo(String indices, String expected) {
    String text = TimeInstruction.of(times(indices));
    assertTrue(text.contains("located at " + EXPECTED.text(expected) + ".Please"), text);
  }

  @Test
  void prompt_ofRowsWithoutTimes_saysWhatToDo() {
    try (LanguageModel model = Models.openLanguage(model("none"), DeviceChoice.CPU, HADOOP)) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () ->
                      model
                          .prompts(PromptTemplates.QWEN_1_5)
                          .of("Why?", FedVideo.ofRows(new float[64], 64)))
              .getMessage();
      assertTrue(message.contains("answer from the tokens of a cache"), message);
    }
  }
}

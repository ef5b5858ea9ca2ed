package io.tokenreel.model.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.compress.Compressors;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.FedVideo;
import io.tokenreel.model.LanguageModel;
import io.tokenreel.model.Models;
import io.tokenreel.model.SourceTimes;
import io.tokenreel.model.VideoPrompt;
import io.tokenreel.model.VideoReading;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.Settings;
import io.tokenreel.model.kv.KvMeter;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.kv.cache.KvCache;
import io.tokenreel.model.prompt.PromptTemplates;
import io.tokenreel.model.prompt.TextTokenizer;
import io.tokenreel.testing.GoldenTensors;
import io.tokenreel.testing.SharedFiles;
import io.tokenreel.token.CompressedTokens;
import io.tokenreel.token.Kept;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.token.TokenShape;
import io.tokenreel.video.SourceInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Agreement with Transformers on the language side of tiny Qwen-VL checkpoints, run by run. */
class QwenVlGoldenTest {

  private static final float TOLERANCE = 5e-4f;
  private static final Path FOLDERS = Path.of("jobs", "src", "test", "resources", "goldens");
  private static final Configuration HADOOP = new Configuration();

  /** A run of a golden, such as {@code vidcom2:retention=0.25@max}. */
  record Run(Path path, String name) {

    private GoldenTensors expected() {
      return GoldenTensors.of(path);
    }

    /** The part of the name after the compression. */
    String variant() {
      return name.contains("@") ? name.substring(name.indexOf('@')) : "";
    }

    String compression() {
      return name.split("@")[0];
    }

    String model() {
      boolean timed = isQwen3();
      String value =
          switch (variant()) {
            case "" -> timed ? "5" : "merged_grid";
            case "@single" -> "4.57";
            default -> variant().substring(1);
          };
      return "%s#%s=%s".formatted(path, timed ? "tokenreel_prompt" : "tokenreel_positions", value);
    }

    private boolean isQwen3() {
      return Settings.read(folder(path.toString()), "config.json")
          .words("architectures")
          .get(0)
          .startsWith("Qwen3");
    }

    float[] floats(String tensor) {
      return expected().floats(tensor);
    }

    int[] ints(String tensor) {
      return expected().ints(tensor);
    }

    boolean has(String tensor) {
      return expected().has(tensor);
    }

    String text(String key) {
      return expected().text(key);
    }

    /** What the tower gives, plane by plane in each row. */
    TokenBlock block() {
      int[] patches = ints("video_grid_thw");
      VisionInfo vision = Models.describe(model(), HADOOP);
      int dim = vision.dim();
      TokenShape shape =
          new TokenShape(patches[0], patches[1] / 2, patches[2] / 2, dim, vision.planes());
      float[] values = new float[Math.toIntExact(shape.elements())];
      for (int plane = 0; plane < shape.planes(); plane++) {
        float[] from = floats(plane == 0 ? "merged" : "deepstack." + (plane - 1));
        for (int token = 0; token < shape.tokens(); token++) {
          System.arraycopy(from, token * dim, values, token * shape.rowDim() + plane * dim, dim);
        }
      }
      return TokenBlock.ofFloats(shape, values);
    }

    FedVideo video() {
      TokenBlock block = block();
      Kept selected = Compressors.of(compression()).select(block);
      if (has(name.split("@")[0] + ".keep")) {
        assertArrayEquals(ints(compression() + ".keep"), selected.places(), name);
      }
      CompressedTokens kept = block.keep(selected, TokenFormat.F32);
      SourceTimes times =
          new SourceTimes(
              new SourceInfo(ints("source_frames")[0], expected().number("source_fps")),
              ints("frames_indices"));
      return new FedVideo(
          TokenFormat.F32.decode(kept.data()),
          block.shape().dim(),
          block.shape().planes(),
          Optional.of(new FedVideo.Places(block.shape(), kept.index(), Optional.of(times))));
    }

    @Override
    public String toString() {
      return path.getFileName() + " " + name;
    }
  }

  private static CheckpointFolder folder(String model) {
    return CheckpointFolder.open(model, HADOOP);
  }

  static Stream<Run> runs() throws IOException {
    List<Run> runs = new ArrayList<>();
    for (Path path : SharedFiles.with(FOLDERS, "goldens/models", "")) {
      if (!Files.exists(path.resolve("expected.safetensors"))
          || !Files.readString(path.resolve("config.json")).matches("(?s).*Qwen\\d.*_?VL.*")) {
        continue;
      }
      GoldenTensors.of(path).names().stream()
          .filter(name -> name.endsWith(".greedy"))
          .map(name -> new Run(path, name.substring(0, name.length() - ".greedy".length())))
          .forEach(runs::add);
    }
    assertFalse(runs.isEmpty());
    return runs.stream();
  }

  @ParameterizedTest
  @MethodSource("runs")
  void answer_everyRun_givesTheGreedyTokensAndLogits(Run run) {
    FedVideo video = run.video();
    try (LanguageModel model = Models.openLanguage(run.model(), DeviceChoice.CPU, HADOOP)) {
      VideoPrompt prompt = model.prompts(PromptTemplates.CHAT).of(run.text("question"), video);
      try (VideoReading reading = model.read(prompt, video)) {
        VideoReading.Generated said = reading.generate(prompt.after(), KvSpec.FULL, 24);
        assertArrayEquals(
            run.ints(run.name() + ".greedy"),
            said.tokens().stream().mapToInt(Integer::intValue).toArray());
        assertEquals(run.text(run.name() + ".text").strip(), said.text());
        VideoReading.Scored scored =
            reading.score(prompt.after(), List.of("A", "B", "C", "D"), KvSpec.FULL);
        float[] logits = run.floats(run.name() + ".option_logits");
        for (int i = 0; i < logits.length; i++) {
          assertEquals(logits[i], scored.logits().get(i), TOLERANCE);
        }
        KvSpec pruning = KvSpec.parse("dycoke:layer=1,prune=0");
        assertEquals(
            said.tokens(),
            reading.generate(prompt.after(), pruning, 24).tokens(),
            "a pruning that keeps all");
        assertEquals(
            24,
            reading
                .generate(prompt.after(), KvSpec.parse("dycoke:layer=1,prune=0.7"), 24)
                .tokens()
                .size());
      }
    }
  }

  /** Ids, positions and every layer's input at the last row and the first visual one. */
  @ParameterizedTest
  @MethodSource("runs")
  void prompt_everyRun_hasTheIdsPositionsAndHiddenStates(Run run) {
    FedVideo video = run.video();
    CheckpointFolder folder = folder(run.model());
    Settings config = Settings.read(folder, "config.json");
    DecoderConfig sizes =
        DecoderConfig.of(
            run.model().contains("qwen3") ? DecoderKind.QWEN3_VL : DecoderKind.QWEN2_VL,
            config.has("text_config") ? config.section("text_config") : config);
    DecoderWeights weights = new DecoderWeights(folder, sizes, false);
    TextEmbedding embedding = new TextEmbedding(weights.tensor(DecoderWeights.EMBEDDING));
    int pad = config.integer("video_token_id", -1, 0);
    try (LanguageModel model = Models.openLanguage(run.model(), DeviceChoice.CPU, HADOOP);
        TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      VideoPrompt prompt = model.prompts(PromptTemplates.CHAT).of(run.text("question"), video);
      List<Integer> ids = new ArrayList<>();
      for (VideoPrompt.Segment segment : prompt.video()) {
        if (segment instanceof VideoPrompt.Text text) {
          Arrays.stream(tokenizer.encode(text.text())).forEach(ids::add);
        } else if (segment instanceof VideoPrompt.Visual visual) {
          ids.addAll(Collections.nCopies(visual.positions().rows(), pad));
        }
      }
      int[] after = tokenizer.encode(prompt.after());
      Arrays.stream(after).forEach(ids::add);
      if (run.compression().equals("none")) {
        String tensor = run.variant().equals("@single") ? "input_ids@single" : "input_ids";
        assertArrayEquals(run.ints(tensor), ids.stream().mapToInt(Integer::intValue).toArray());
      }

      VideoRows rows =
          VideoRows.of(prompt, video, 3, text -> embedding.rows(tokenizer.encode(text)));
      PromptRows text = rows.next().text(embedding.rows(after), after.length);
      int[] positions =
          Stream.of(0, 1, 2)
              .flatMapToInt(
                  axis ->
                      IntStream.concat(
                          Arrays.stream(rows.fed().positions()[axis]),
                          Arrays.stream(text.positions()[axis])))
              .toArray();
      assertArrayEquals(run.ints(run.name() + ".position_ids"), positions);
      assertEquals(
          run.ints(run.name() + ".next_position")[0],
          rows.next().answer(new float[sizes.hidden()], after.length, 0).positions()[0][0]);

      if (run.name().equals("none")) {
        assertHiddenStates(run, sizes, weights, rows, text);
      }
      float[] logits = logits(sizes, weights, rows, text);
      assertArrayEquals(run.floats(run.name() + ".logits"), logits, TOLERANCE);
    }
  }

  private static float[] logits(
      DecoderConfig sizes, DecoderWeights weights, VideoRows rows, PromptRows text) {
    try (Decoder decoder = new Decoder(sizes, weights, Device.cpu(), ComputeType.F32, 1);
        KvCache cache =
            KvCache.empty(
                decoder.manager(), decoder.kvShape(), rows.fed().count(), new KvMeter())) {
      decoder.feed(rows.fed(), cache, 0);
      return decoder.feed(text, cache, 1)[0];
    }
  }

  private static void assertHiddenStates(
      Run run, DecoderConfig sizes, DecoderWeights weights, VideoRows rows, PromptRows text) {
    int count = rows.fed().count();
    int all = count + text.count();
    int hidden = sizes.hidden();
    try (Decoder decoder = new Decoder(sizes, weights, Device.cpu(), ComputeType.F32, 1);
        NDManager scope = decoder.manager().newSubManager();
        KvCache cache = KvCache.empty(decoder.manager(), decoder.kvShape(), all, new KvMeter())) {
      float[] values = Arrays.copyOf(rows.fed().rows(), all * hidden);
      System.arraycopy(text.rows(), 0, values, count * hidden, text.rows().length);
      int[][] positions = new int[3][];
      for (int axis = 0; axis < 3; axis++) {
        positions[axis] = Arrays.copyOf(rows.fed().positions()[axis], all);
        System.arraycopy(text.positions()[axis], 0, positions[axis], count, text.count());
      }
      NDArray x = scope.create(values, new Shape(all, hidden));
      DecoderShare.Place place = decoder.place(scope, positions, 0, all, cache);
      for (int layer = 0; layer < sizes.layers(); layer++) {
        String name = "none.lm_hidden." + layer;
        assertArrayEquals(run.floats(name), x.get(all - 1).toFloatArray(), TOLERANCE, name);
        name = "none.lm_hidden_first_visual." + layer;
        assertArrayEquals(
            run.floats(name), x.get(rows.visual()[0]).toFloatArray(), TOLERANCE, name);
        x = decoder.layer(scope, layer, x, place, cache);
        if (layer < rows.fed().levels().size()) {
          float[] level = Arrays.copyOf(rows.fed().levels().get(layer), all * hidden);
          x = x.add(scope.create(level, new Shape(all, hidden)));
        }
      }
    }
  }
}

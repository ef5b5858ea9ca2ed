package io.tokenreel.bench;

import io.tokenreel.compress.Compressors;
import io.tokenreel.model.ComputeChoice;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.DefaultModel;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.FedVideo;
import io.tokenreel.model.LanguageModel;
import io.tokenreel.model.Models;
import io.tokenreel.model.VideoPrompt;
import io.tokenreel.model.VideoReading;
import io.tokenreel.model.decoder.SeededQwen2;
import io.tokenreel.model.engine.BatchedTower;
import io.tokenreel.model.family.llava.LlavaOnevision;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.prompt.PromptTemplates;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenShape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;

/**
 * What a language model of Qwen2-0.5B's widths takes on the CPU: beside the engine's matrix product
 * and the memory's bandwidth, and with fewer tokens beside all of them. {@code bench_qwen2.py}
 * times the same prefill in Transformers.
 */
public final class LanguageBench {

  private static final int PREFILL = 1600;
  private static final TokenShape VIDEO = new TokenShape(32, 14, 14, 64);
  private static final int SHORT_ANSWER = 16;
  private static final int LONG_ANSWER = 64;
  private static final int QUESTIONS = 8;
  private static final int LONG_RUNS = 2;
  private static final String QUARTER = "vidcom2:retention=0.25";
  private static final String MERGED = "dycoke:prune=0.7";
  private static final KvSpec PRUNED =
      KvSpec.parse("dycoke:layer=3,prune=0.7,refresh=0.9,mode=paper,reserve=drop");

  private final SeededQwen2 seeded;
  private final LanguageModel model;
  private final int runs;
  private final Random random = new Random(5);
  private final List<BenchRow> rows = new ArrayList<>();

  private LanguageBench(SeededQwen2 seeded, LanguageModel model, int runs) {
    this.seeded = seeded;
    this.model = model;
    this.runs = runs;
  }

  /**
   * Measures.
   *
   * @param layers decoder layers; Qwen2-0.5B has 24
   * @param types to prefill and decode in after float32; with some, nothing else is measured
   * @param runs of prefill, decoding and their yardsticks, after one that does not count; what
   *     takes long has two, eight questions have one
   */
  static List<BenchRow> run(int layers, List<ComputeType> types, int runs) throws IOException {
    try (ScratchFolder folder = new ScratchFolder("language-bench")) {
      SeededQwen2 seeded = SeededQwen2.halfBillion(LlavaOnevision.ARCHITECTURE, layers);
      DefaultModel.write(folder.path()); // for its tokenizer and its chat template
      seeded.write(folder.path());
      ProductYardstick product = ProductYardstick.measure(runs);
      String checkpoint = folder.path().toUri().toString();
      List<BenchRow> rows = new ArrayList<>();
      Speed exact;
      try (LanguageModel model = open(checkpoint)) {
        LanguageBench bench = new LanguageBench(seeded, model, runs);
        exact = bench.speed();
        rows.add(product.row());
        rows.addAll(bench.rows(product, exact));
        if (types.isEmpty()) {
          rows.addAll(bench.answers());
        }
      }
      for (ComputeType type : types) {
        String typed = Models.computing(checkpoint, ComputeChoice.parse(type.label()), false);
        try (LanguageModel model = open(typed)) {
          rows.addAll(new LanguageBench(seeded, model, runs).speed().rows(type, exact));
        }
      }
      return rows;
    }
  }

  private static LanguageModel open(String model) {
    return Models.openLanguage(model, DeviceChoice.CPU, new Configuration());
  }

  /**
   * Of prefill and decoding.
   *
   * @param prefill milliseconds of the fastest run
   * @param weights milliseconds of reading the float32 weights, the median
   * @param decode milliseconds of a new token, the median
   * @param ratio of these two, the median
   */
  private record Speed(double prefill, double weights, double decode, double ratio) {

    List<BenchRow> rows(ComputeType type, Speed exact) {
      return List.of(
          BenchRow.millis(
              "prefill %,d tokens, %s".formatted(PREFILL, type),
              prefill,
              prefill / exact.prefill,
              "f32's time"),
          BenchRow.millis(
              "a new token after %,d, %s".formatted(PREFILL, type),
              decode,
              decode / exact.decode,
              "f32's time"));
    }
  }

  private List<BenchRow> answers() {
    int all = VIDEO.tokens();
    Answer full = answer(all, KvSpec.FULL, SHORT_ANSWER);
    time("none, full", SHORT_ANSWER, full, full);
    time(QUARTER + ", full", SHORT_ANSWER, answer(kept(QUARTER), KvSpec.FULL, SHORT_ANSWER), full);
    full = answer(all, KvSpec.FULL, LONG_ANSWER);
    Answer dycoke = answer(kept(MERGED), PRUNED, LONG_ANSWER);
    time("none, full", LONG_ANSWER, full, full);
    time(MERGED + ", " + PRUNED, LONG_ANSWER, dycoke, full);
    memory("peak", full.peakBytes, dycoke.peakBytes);
    memory("end", full.endBytes, dycoke.endBytes);
    questions();
    return rows;
  }

  private Speed speed() {
    VideoPrompt prompt = prompt(0, visual(0));
    int text = textTokens(prompt);
    double prefill = Double.MAX_VALUE;
    List<Double> readings = new ArrayList<>();
    List<Double> decodes = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    for (int run = 0; run <= runs; run++) {
      double bandwidth = MemoryRead.bytesPerSecond(BatchedTower.threads(), 2);
      try (VideoReading reading = read(visual(PREFILL - text))) {
        VideoReading.Cost cost = generate(reading, prompt, KvSpec.FULL, LONG_ANSWER);
        if (run > 0) {
          prefill = Math.min(prefill, (reading.nanos() + cost.prefillNanos()) / 1e6);
          double weights = seeded.weightBytes() / bandwidth * 1e3;
          double decode = cost.decodeNanos() / 1e6 / (LONG_ANSWER - 1);
          readings.add(weights);
          decodes.add(decode);
          ratios.add(decode / weights);
        }
      }
    }
    return new Speed(
        prefill, Rounds.median(readings), Rounds.median(decodes), Rounds.median(ratios));
  }

  private List<BenchRow> rows(ProductYardstick product, Speed speed) {
    String yardstick = "reading the weights";
    return List.of(
        product.row(
            "prefill %,d tokens, %d layers".formatted(PREFILL, seeded.layers()),
            seeded.prefillOperations(PREFILL),
            speed.prefill()),
        BenchRow.millis(
            "reading %.2f GB of weights at %.1f GB/s, median of %d"
                .formatted(
                    seeded.weightBytes() / 1e9, seeded.weightBytes() / speed.weights() / 1e6, runs),
            speed.weights(),
            1,
            yardstick),
        BenchRow.millis(
            "a new token of %d after %,d, batch 1, median of %d"
                .formatted(LONG_ANSWER, PREFILL, runs),
            speed.decode(),
            speed.ratio(),
            yardstick));
  }

  private void time(String name, int newTokens, Answer answer, Answer yardstick) {
    rows.add(
        BenchRow.millis(
            "%,d visual and %d new tokens: %s".formatted(answer.tokens, newTokens, name),
            answer.millis,
            answer.millis / yardstick.millis,
            "all tokens'"));
  }

  private void memory(String when, long all, long dycoke) {
    String name = "keys and values at the " + when + ": ";
    rows.add(BenchRow.megabytes(name + "none, full", all, 1, "all tokens'"));
    rows.add(
        BenchRow.megabytes(
            name + MERGED + " and its KV", dycoke, (double) dycoke / all, "all tokens'"));
  }

  private void questions() {
    FedVideo visual = visual(kept(QUARTER));
    double single = 0;
    for (int i = 0; i < QUESTIONS; i++) {
      single += prefillMillis(visual, List.of(prompt(i, visual)));
    }
    double together =
        prefillMillis(
            visual, IntStream.range(0, QUESTIONS).mapToObj(i -> prompt(i, visual)).toList());
    String yardstick = "single runs' prefill";
    rows.add(BenchRow.millis("prefill of eight questions, eight readings", single, 1, yardstick));
    rows.add(
        BenchRow.millis(
            "prefill of eight questions, one reading", together, together / single, yardstick));
  }

  private int textTokens(VideoPrompt prompt) {
    try (VideoReading reading = read(visual(0))) {
      return generate(reading, prompt, KvSpec.FULL, 1).promptTokens();
    }
  }

  private double prefillMillis(FedVideo visual, List<VideoPrompt> prompts) {
    try (VideoReading reading = read(visual)) {
      double nanos = reading.nanos();
      for (VideoPrompt prompt : prompts) {
        nanos += generate(reading, prompt, KvSpec.FULL, 1).prefillNanos();
      }
      return nanos / 1e6;
    }
  }

  /**
   * An answer, its video read again for it.
   *
   * @param millis of prefill and decoding
   * @param peakBytes most keys and values that were resident
   * @param endBytes those that the last token saw or that waited in reserve
   */
  private record Answer(int tokens, double millis, long peakBytes, long endBytes) {}

  /** The faster of two answers about videos of random tokens. */
  private Answer answer(int tokens, KvSpec kv, int newTokens) {
    Answer best = null;
    for (int run = 0; run < LONG_RUNS; run++) {
      VideoPrompt prompt = prompt(0, visual(0));
      try (VideoReading reading = read(visual(tokens))) {
        reading.expectLastQuestion();
        VideoReading.Cost cost = generate(reading, prompt, kv, newTokens);
        double millis = (reading.nanos() + cost.prefillNanos() + cost.decodeNanos()) / 1e6;
        if (best == null || millis < best.millis) {
          best =
              new Answer(
                  tokens,
                  millis,
                  reading.resident().peak(),
                  cost.kv().bytesEnd() + cost.kv().reserveBytesEnd());
        }
      }
    }
    return best;
  }

  private static VideoReading.Cost generate(
      VideoReading reading, VideoPrompt prompt, KvSpec kv, int newTokens) {
    VideoReading.Generated said = reading.generate(prompt.after(), kv, newTokens);
    if (said.tokens().size() != newTokens) {
      throw new IllegalStateException(
          "the random model ended its answer after %d of %d tokens"
              .formatted(said.tokens().size(), newTokens));
    }
    return said.cost();
  }

  private VideoPrompt prompt(int part, FedVideo video) {
    return model
        .prompts(PromptTemplates.CHAT)
        .of("What happens in part %d of the video?".formatted(part + 1), video);
  }

  private VideoReading read(FedVideo video) {
    return model.read(prompt(0, video), video);
  }

  /** How many tokens a compression keeps of random ones. */
  private int kept(String compression) {
    float[] values = new float[Math.toIntExact(VIDEO.elements())];
    fill(values, 1);
    return Compressors.of(compression).select(TokenBlock.ofFloats(VIDEO, values)).size();
  }

  private FedVideo visual(int tokens) {
    float[] values = new float[tokens * seeded.hidden()];
    fill(values, 0.03f);
    return FedVideo.ofRows(values, seeded.hidden());
  }

  private void fill(float[] values, float deviation) {
    for (int i = 0; i < values.length; i++) {
      values[i] = deviation * (float) random.nextGaussian();
    }
  }
}

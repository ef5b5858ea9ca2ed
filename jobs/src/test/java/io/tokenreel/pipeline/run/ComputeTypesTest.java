package io.tokenreel.pipeline.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.RunRecords;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.model.DeviceUse;
import io.tokenreel.model.Models;
import io.tokenreel.pipeline.setting.AnswerSettings;
import io.tokenreel.pipeline.setting.ComputeOption;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.testing.Fixtures;
import io.tokenreel.testing.JobTests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One checkpoint in several compute types: keys of tokens and answers, what is read, and what runs
 * say. Values are no matter here.
 */
class ComputeTypesTest {

  private static final SparkSession SPARK = LocalSpark.plain();
  private static final String MODEL = Fixtures.LLAVA_ONEVISION.toString();

  private static final Configuration HADOOP = new Configuration();
  private static final String ENCODER = Models.describe(MODEL, HADOOP).encoder();
  private static final String DECODER = Models.describeLanguage(MODEL, HADOOP).decoder();

  @TempDir Path folder;

  private Path questions;

  @BeforeEach
  void ask() throws IOException {
    questions =
        Files.writeString(
            folder.resolve("questions.jsonl"),
            """
            {"video_id":"hevc.mp4","question_id":"1","question":"What is it?","options":["red","blue"]}
            """);
  }

  private String cache(String name) {
    return folder.resolve(name).toString();
  }

  private RunSummary precompute(String cache, String computeDtype) throws IOException {
    PrecomputeSettings base =
        JobTests.settings(
            List.of(JobTests.VIDEOS.resolve("hevc.mp4").toString()),
            cache(cache),
            List.of("none"),
            10);
    return new PrecomputeJob(
            SPARK,
            base.computing(new ComputeOption.Settled(MODEL, computeDtype)),
            Progress.silent())
        .run();
  }

  private AnswerSummary answer(String cache, String model, String computeDtype) throws IOException {
    AnswerSettings settings =
        new AnswerSettings(
            cache(cache),
            List.of(questions.toString()),
            cache(cache),
            null,
            model,
            List.of(),
            "cpu",
            computeDtype,
            "chat",
            "full",
            "options:form=letter",
            10);
    return new AnswerJob(SPARK, settings, Progress.silent()).run().get(0);
  }

  private List<String> distinct(String cache, CacheTable table, String column) throws IOException {
    return CommittedRows.of(SPARK, hadoop(cache), table)
        .select(column)
        .distinct()
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  private org.apache.hadoop.fs.Path hadoop(String cache) {
    return new org.apache.hadoop.fs.Path(cache(cache));
  }

  private Map<String, RunRecord> runs(String cache) throws IOException {
    return RunRecords.of(HADOOP, hadoop(cache)).stream()
        .collect(Collectors.toMap(RunRecord::runId, Function.identity()));
  }

  @Test
  void precompute_twoTypesIntoOneCache_areRowsOfTwoEncodersAndNothingIsDoneTwice()
      throws IOException {
    RunSummary f32 = precompute("cache", "auto");
    RunSummary bf16 = precompute("cache", "bf16");
    assertEquals(ENCODER, f32.written().encoder());
    assertEquals(ENCODER + "+bf16", bf16.written().encoder());
    assertEquals(0, bf16.alreadyCommitted());
    assertEquals(
        List.of(ENCODER, ENCODER + "+bf16"), distinct("cache", CacheTable.TOKENS, "encoder"));
    assertEquals(new Computed("f32", List.of(DeviceUse.cpu())), f32.written().computed());
    assertEquals("bf16", bf16.written().computed().computeDtype());
    assertEquals(1, bf16.written().computed().devices().size());

    RunSummary again = precompute("cache", "bf16");
    assertEquals(1, again.alreadyCommitted());
    assertEquals(new Computed("bf16", List.of()), again.written().computed());

    RunRecord first = runs("cache").get(f32.runId());
    assertEquals("f32", first.options().get("computeDtype"));
    assertEquals(MODEL, first.options().get("model"));
    RunRecord second = runs("cache").get(bf16.runId());
    assertEquals("bf16", second.options().get("computeDtype"));
    assertEquals(MODEL + "#tokenreel_compute=bf16", second.options().get("model"));
    assertEquals(ENCODER + "+bf16", second.encoder());
  }

  @Test
  void answer_tokensOfAnotherType_areReadAndTheDecoderHasItsOwn() throws IOException {
    precompute("f32", "f32");
    AnswerSummary bf16 = answer("f32", MODEL, "bf16");
    assertEquals(1, bf16.compressions().get(0).answered());
    assertEquals("bf16", bf16.computed().computeDtype());
    assertEquals(List.of(ENCODER), distinct("f32", CacheTable.ANSWERS, "encoder"));
    assertEquals(List.of(DECODER + "+bf16"), distinct("f32", CacheTable.ANSWERS, "decoder"));
    assertEquals("bf16", runs("f32").get(bf16.runId()).options().get("computeDtype"));

    precompute("bf16", "bf16");
    AnswerSummary f32 = answer("bf16", MODEL, "auto");
    assertEquals(1, f32.compressions().get(0).answered());
    assertEquals(new Computed("f32", List.of(DeviceUse.cpu())), f32.computed());
    assertEquals(List.of(ENCODER + "+bf16"), distinct("bf16", CacheTable.ANSWERS, "encoder"));
    assertEquals(List.of(DECODER), distinct("bf16", CacheTable.ANSWERS, "decoder"));
  }

  @Test
  void answer_tokensOfTwoOtherTypes_mustBeToldWhich() throws IOException {
    precompute("cache", "bf16");
    precompute("cache", "f16");
    JobTests.assertRefused(
        () -> unchecked(() -> answer("cache", MODEL, "f32")),
        "--cache " + cache("cache") + ": the cache holds no tokens of " + ENCODER,
        "[%1$s+bf16, %1$s+f16]".formatted(ENCODER),
        "FOLDER#tokenreel_compute=TYPE");
    answer("cache", MODEL + "#tokenreel_compute=f16", "auto");
    assertEquals(List.of(ENCODER + "+f16"), distinct("cache", CacheTable.ANSWERS, "encoder"));
    assertEquals(List.of(DECODER + "+f16"), distinct("cache", CacheTable.ANSWERS, "decoder"));
  }

  @Test
  void run_nameThatSaysAnotherType_isRefusedBeforeAnyWork() {
    String named = MODEL + "#tokenreel_compute=f16";
    JobTests.assertRefused(
        () ->
            unchecked(
                () ->
                    new PrecomputeJob(
                            SPARK,
                            JobTests.settings(List.of("absent"), cache("out"), List.of("none"), 1)
                                .computing(new ComputeOption.Settled(named, "bf16")),
                            Progress.silent())
                        .run()),
        "--compute-dtype bf16: model '" + named,
        "name one of them");
    assertTrue(Files.notExists(folder.resolve("out")));
  }

  /** A call that reads or writes. */
  @FunctionalInterface
  private interface Call {
    Object run() throws IOException;
  }

  private static void unchecked(Call call) {
    try {
      call.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

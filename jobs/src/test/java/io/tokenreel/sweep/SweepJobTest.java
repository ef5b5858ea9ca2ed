package io.tokenreel.sweep;

import static org.apache.spark.sql.functions.col;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.eval.result.Quartiles;
import io.tokenreel.eval.result.Result;
import io.tokenreel.eval.task.TaskSpec;
import io.tokenreel.model.Models;
import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.scene.SceneSet;
import io.tokenreel.scene.SceneSplit;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.testing.Fixtures;
import io.tokenreel.video.SamplingSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole sweep of the built-in model on a few rendered videos. */
@Tag("slow")
class SweepJobTest {

  private static final String PRUNED =
      "dycoke:layer=1,prune=0.7,refresh=0.9,mode=paper,reserve=host";
  private static final String RANDOM = "random:retention=0.1";

  private final SparkSession spark = LocalSpark.plain();
  private final StringWriter plan = new StringWriter();

  @TempDir Path folder;

  private SweepSettings settings(List<String> compressions, List<String> kvs, String... tasks) {
    return new SweepSettings(
        folder.toString(),
        List.of("default"),
        List.of("uniform:frames=16"),
        compressions,
        kvs,
        List.of(tasks),
        "chat",
        "bf16",
        "cpu",
        "auto",
        1,
        1000);
  }

  private List<Result> run(SweepSettings settings) throws IOException {
    SweepJob job = new SweepJob(spark, settings, Progress::silent);
    List<Result> results = job.run(new PrintWriter(plan, true));
    assertEquals(List.of(), job.failures());
    assertEquals(settings.models(), List.copyOf(job.computed().keySet()));
    job.computed()
        .forEach(
            (model, computed) ->
                assertEquals(
                    model.endsWith("tokenreel_compute=bf16") ? "bf16" : "f32",
                    computed.computeDtype(),
                    model));
    return results;
  }

  private Dataset<Row> table(String name) {
    return spark.read().parquet(folder.resolve(name).toString());
  }

  @Test
  void run_renderedBenchmark_givesResultsOfEveryCellAsMllibDoesAndDoesNothingTwice()
      throws IOException, InterruptedException {
    String task = "generated:videos=3,questions=5";
    List<String> compressions = List.of("none", RANDOM);
    List<String> kvs = List.of("full", PRUNED);
    SweepSettings settings = settings(compressions, kvs, task);
    List<Result> results = run(settings);
    assertTrue(plan.toString().startsWith("4 cells"), plan.toString());
    assertTrue(plan.toString().contains("60 answers, 0 are there"), plan.toString());

    List<Result> whole = results.stream().filter(each -> each.group().isEmpty()).toList();
    assertEquals(4, whole.size());
    assertEquals(24, results.size()); // and five kinds of question each
    Result baseline = whole.get(0);
    assertTrue(baseline.cell().isBaseline());
    assertNull(baseline.difference());
    assertEquals(15, baseline.counts().questions());
    assertEquals(3, baseline.counts().videos());
    assertTrue(baseline.score().mean() > 0.8, baseline.toString());
    Result random = whole.get(2);
    assertEquals(RANDOM, random.cell().compression());
    assertTrue(random.score().mean() < baseline.score().mean(), random.toString());
    assertEquals(
        random.score().mean() - baseline.score().mean(),
        random.difference().estimate().mean(),
        1e-12);
    assertEquals(15, random.difference().questions());
    assertEquals(33.0 / 401, random.cost().tokenShare(), 1e-9);

    var pipeline = new PipelineSweep(spark, folder.resolve("generated-3-5"));
    assertEquals(PipelineSweep.measured(whole), pipeline.measured(compressions, kvs));

    assertEquals(60, table("samples").count());
    assertEquals(24, table("results").count());
    assertEquals(6, table("selections").count());
    assertFalse(Files.exists(folder.resolve("tokens")));
    String html = Files.readString(folder.resolve("report.html"));
    assertTrue(html.contains(RANDOM) && html.contains("data:image/jpeg"), "no report");

    assertTrue(html.contains("tokenreel sweep --output"), "no command");
    assertTrue(html.contains("Questions behind the scores"), "no questions");
    assertEquals(0, baseline.cost().kvReserveBytesPeak());
    assertEquals(PRUNED, whole.get(1).cell().kv());
    Row reserve =
        table("samples")
            .filter("kv = '%s' and compression = 'none'".formatted(PRUNED))
            .selectExpr("avg(kv_reserve_bytes_peak)", "median(kv_reserve_bytes_peak)")
            .first();
    assertEquals(reserve.getDouble(0), whole.get(1).cost().kvReserveBytesPeak());
    assertEquals(reserve.getDouble(1), whole.get(1).cost().kvReservePeak().median());
    Quartiles prefill = baseline.cost().prefill();
    assertTrue(0 < prefill.low() && prefill.low() <= prefill.median(), prefill.toString());
    assertTrue(prefill.median() <= prefill.high(), prefill.toString());

    long answers = table("answers").count();
    Files.delete(folder.resolve("report.html"));
    assertEquals(results, run(settings));
    assertTrue(plan.toString().contains("60 answers, 60 are there"), plan.toString());
    assertEquals(answers, table("answers").count());
    Files.delete(folder.resolve("report.html"));
    new SweepReport(spark, new org.apache.hadoop.fs.Path(folder.toString())).remake(null);
    assertEquals(html, Files.readString(folder.resolve("report.html")));
  }

  @Test
  void run_oneCheckpointInTwoComputeTypes_areTwoModels() throws IOException {
    String bf16 = "default#tokenreel_compute=bf16";
    SweepSettings one =
        settings(List.of("none"), List.of("full"), "generated:videos=1,questions=1");
    List<Result> whole =
        run(one.computing(List.of("default", bf16))).stream()
            .filter(each -> each.group().isEmpty())
            .toList();
    assertEquals(2, whole.size());
    String decoder = Models.describeLanguage("default", new Configuration()).decoder();
    assertEquals(
        List.of(decoder, decoder + "+bf16"),
        whole.stream().map(each -> each.cell().model()).sorted().toList());
    String html = Files.readString(folder.resolve("report.html"));
    assertTrue(html.contains("--compute-dtype f32"), "no compute type in the command");
  }

  /** Line ends; temporal patches and three axes; planes as well. */
  @ParameterizedTest
  @ValueSource(strings = {"llava_video_tiny", "qwen2_5_vl_tiny", "qwen3_vl_tiny"})
  void run_eachFamilysCheckpoint_answersEveryCellAndDrawsWhatWasKept(String model)
      throws IOException {
    List<String> compressions = List.of("none", "vidcom2:retention=0.25");
    SweepSettings settings =
        new SweepSettings(
            folder.toString(),
            List.of(Fixtures.LLAVA_VIDEO.resolveSibling(model).toString()),
            List.of(SamplingSpec.parse("qwen:max=8").toString()),
            compressions,
            List.of("full", PRUNED),
            List.of("generated:videos=2,questions=1"),
            "chat",
            "bf16",
            "cpu",
            "auto",
            1,
            1000);
    List<Result> whole = run(settings).stream().filter(each -> each.group().isEmpty()).toList();
    assertEquals(4, whole.size());
    for (Result cell : whole) {
      assertEquals(0, cell.counts().missingVideos());
      assertEquals(2, cell.counts().videos());
    }
    assertEquals(0, table("samples").filter("response IS NULL").count());
    assertTrue(Files.readString(folder.resolve("report.html")).contains("data:image/jpeg"));
  }

  @Test
  void run_missingAndBrokenVideosBelowARelativeRoot_areCountedAndWrong() throws IOException {
    Path root = Files.createDirectories(folder.resolve("own"));
    new SceneSet(SceneSplit.TEST, 0, 3, 16, 5).write(root, () -> {});
    try (Stream<Path> videos = Files.list(root.resolve("videos"))) {
      List<Path> found = videos.sorted().toList();
      Files.delete(found.get(0));
      Files.writeString(found.get(1), "no video");
    }
    Path relative = Path.of("").toAbsolutePath().relativize(root.toAbsolutePath());
    List<Result> results =
        run(settings(List.of("none"), List.of("full"), "generated:root=" + relative + ",limit=14"));
    assertTrue(plan.toString().contains("5 of them are about 1 videos that are missing"));
    assertTrue(plan.toString().contains("FAILED generated/videos/"), plan.toString());
    Result whole = results.get(0);
    assertEquals(14, whole.counts().questions());
    assertEquals(10, whole.counts().missingVideos());
    assertEquals(0, whole.counts().missingAnswers());
    assertTrue(whole.score().mean() <= 4.0 / 14, whole.toString());
    assertTrue(whole.score().mean() > 0, whole.toString());
  }

  @Test
  void run_noVideoOfATaskIsThere_isRefusedBeforeAnythingIsDone() throws IOException {
    Path root = Files.createDirectories(folder.resolve("own"));
    new SceneSet(SceneSplit.TEST, 0, 2, 16, 5).write(root, () -> {});
    Files.move(root.resolve("videos"), root.resolve("elsewhere"));
    assertMessage(
        "--task generated: none of its 2 videos is below root=file:" + root,
        List.of("none"),
        "full",
        "generated:root=" + root);
    assertMessage(root + "/videos/", List.of("none"), "full", "generated:root=" + root);
    assertEquals("", plan.toString());
    assertFalse(Files.exists(folder.resolve("outcomes")));
  }

  @Test
  void run_allVideosFail_isAFailureWithItsReasonAndNoScore() throws IOException {
    Path root = Files.createDirectories(folder.resolve("own"));
    new SceneSet(SceneSplit.TEST, 0, 1, 16, 5).write(root, () -> {});
    try (Stream<Path> videos = Files.list(root.resolve("videos"))) {
      Files.writeString(videos.findFirst().orElseThrow(), "no video");
    }
    SweepJob job =
        new SweepJob(
            spark,
            settings(List.of("none", RANDOM), List.of("full"), "generated:root=" + root),
            Progress::silent);
    List<Result> results = job.run(new PrintWriter(plan, true));
    assertEquals(1, job.failures().size(), job.failures().toString());
    SweepFailure failure = job.failures().get(0);
    assertEquals(SweepFailure.VIDEOS, failure.stage());
    assertTrue(failure.detail().startsWith("all 1 videos FAILED, such as"), failure.detail());
    for (Result result : results) {
      assertNull(result.score(), result.toString());
      assertNull(result.difference(), result.toString());
    }
    Dataset<Row> table = table("results");
    for (String column : table.columns()) {
      if (table.schema().apply(column).dataType().equals(DataTypes.DoubleType)) {
        assertEquals(0, table.filter(table.col(column).equalTo(Double.NaN)).count(), column);
      }
    }
    assertFalse(FiniteJson.write(results).contains("NaN"));
    assertFalse(Files.readString(folder.resolve("report.html")).contains("NaN"));
  }

  @Test
  void run_wrongSettings_areRefusedBeforeAnythingIsDone() {
    assertMessage("--compression must name none", List.of(RANDOM), "full", "generated:videos=1");
    assertMessage("--kv must name full", List.of("none"), PRUNED, "generated:videos=1");
    assertMessage("unknown task 'mmlu'", List.of("none"), "full", "mmlu:root=/nowhere");
    assertMessage("cannot be read", List.of("none"), "full", "videomme:root=/nowhere");
    assertMessage("needs the folder", List.of("none"), "full", "videomme");
    assertFalse(Files.exists(folder.resolve("outcomes")));
  }

  @Test
  void run_oneThingNamedTwice_isRefused() throws IOException {
    Path root = Files.createDirectories(folder.resolve("own"));
    new SceneSet(SceneSplit.TEST, 0, 1, 16).write(root, () -> {});
    String task = "generated:root=" + root;
    String refused =
        assertThrows(
                SettingsException.class,
                () -> run(settings(List.of("none"), List.of("full"), task, task + ",limit=1")))
            .getMessage();
    assertTrue(refused.contains("version tokenreel-1 twice"), refused);
    Path other = Files.createDirectories(folder.resolve("other"));
    new SceneSet(SceneSplit.TEST, 1, 1, 16).write(other, () -> {});
    refused =
        assertThrows(
                SettingsException.class,
                () ->
                    run(
                        settings(
                            List.of("none"), List.of("full"), task, "generated:root=" + other)))
            .getMessage();
    assertTrue(refused.contains("with the roots"), refused);
  }

  /** Groups that a limit leaves out must not count as wrong. */
  @Test
  void average_limitedMacroTask_isOverTheGroupsThatAreAsked() throws IOException {
    Path root = Files.createDirectories(folder.resolve("macro"));
    Path file = taskOfKinds(root, "kinds", "");
    for (int limit : new int[] {2, 1000}) {
      SweepTask task =
          SweepTask.of(
              TaskSpec.parse(file + ":root=" + root + (limit > 2 ? "" : ",limit=2")),
              folder.toString(),
              spark);
      Dataset<Row> rows = task.rows(spark, task.questions(spark, video -> new double[0]));
      assertEquals(limit == 2 ? 2 : 5, task.average(rows).values().size());
    }
  }

  @Test
  void run_twoTasksOfOneDataset_decodeItsVideosOnce() throws IOException {
    Path root = Files.createDirectories(folder.resolve("shared"));
    List<String> tasks =
        Stream.of(taskOfKinds(root, "kinds", ""), taskOfKinds(root, "again", "dataset: kinds"))
            .map(file -> file + ":root=" + root)
            .toList();
    List<Result> results =
        run(settings(List.of("none"), List.of("full"), tasks.toArray(String[]::new)));
    assertEquals(2, table("features").count());
    List<Result> whole = results.stream().filter(each -> each.group().isEmpty()).toList();
    assertEquals(List.of("kinds", "again"), whole.stream().map(Result::task).toList());
    assertEquals(whole.get(0).score(), whole.get(1).score());
  }

  @Test
  void run_afterForget_neitherAsksAboutTheVideoNorNamesIt() throws IOException {
    Path root = Files.createDirectories(folder.resolve("forgetful"));
    String task = taskOfKinds(root, "kinds", "") + ":root=" + root;
    SweepSettings settings = settings(List.of("none"), List.of("full"), task);
    run(settings);
    String gone = table("features").selectExpr("min(video_id)").first().getString(0);
    List<String> tables = List.of("answers", "features", "samples", "videos.parquet");
    for (String name : tables) {
      assertTrue(table(name).filter(col("video_id").equalTo(gone)).count() > 0, name);
    }
    try (TokenCacheWriter writer =
        TokenCacheWriter.open(spark, new org.apache.hadoop.fs.Path(folder.toUri()))) {
      writer.forget(List.of(gone));
    }
    List<Result> results = run(settings);
    for (String name : tables) {
      assertEquals(0, table(name).filter(col("video_id").equalTo(gone)).count(), name);
      assertTrue(table(name).count() > 0, name);
    }
    assertEquals(1, results.get(0).counts().videos());
  }

  /** Two videos below a root, and a task's file that asks about them. */
  private static Path taskOfKinds(Path root, String name, String line) throws IOException {
    if (!Files.exists(root.resolve("videos"))) {
      new SceneSet(SceneSplit.TEST, 0, 2, 16, 5).write(root, () -> {});
    }
    return Files.writeString(
        root.resolve(name + ".yaml"),
        """
        annotations: [questions.jsonl]
        videos: ["videos/{{ video_id }}"]
        options: {column: options}
        gold: {column: answer, form: option}
        prompt: "{{ question }}"
        scoring: "options:form=text"
        parser: words
        metric: {name: accuracy, scale: 1, average: macro, over: kind, values: [colour, shape, motion, order, count]}
        groups: [kind]
        versions: {one: {}}
        """
            + line);
  }

  private void assertMessage(String expected, List<String> compressions, String kv, String task) {
    String message =
        assertThrows(SettingsException.class, () -> run(settings(compressions, List.of(kv), task)))
            .getMessage();
    assertTrue(message.contains(expected), message);
  }
}

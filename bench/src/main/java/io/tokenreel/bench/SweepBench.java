package io.tokenreel.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.model.Models;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.prompt.PromptTemplates;
import io.tokenreel.pipeline.run.AnswerJob;
import io.tokenreel.pipeline.run.PrecomputeJob;
import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.pipeline.setting.AnswerSettings;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.scene.Footage;
import io.tokenreel.scene.SceneSet;
import io.tokenreel.scene.SceneSplit;
import io.tokenreel.sweep.SweepJob;
import io.tokenreel.sweep.SweepSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * What a sweep costs against running each of its settings by itself: wall time in one session that
 * both ways have warmed up, on generated videos of 1280 x 960 pixels and 40 seconds. Results, logs
 * and report are in the sweep's time; the report shows no videos, as the single runs show none.
 */
final class SweepBench {

  /** Four times the scenes' width and height; an encoder's usual distance of keyframes. */
  private static final Footage LARGE = new Footage(4, 26, 30, 250);

  private static final int QUESTIONS = 3;
  private static final String SAMPLING = "uniform:frames=" + SceneSet.SAMPLES;
  private static final String SCORING = "options:form=text";
  private static final List<String> COMPRESSIONS =
      List.of(
          "none",
          "vidcom2:retention=0.5",
          "vidcom2:retention=0.25",
          "vidcom2:retention=0.15",
          "vidcom2:retention=0.1",
          "dycoke:prune=0.66,mode=paper",
          "uniform:retention=0.5",
          "uniform:retention=0.25",
          "uniform:retention=0.1",
          "random:retention=0.5",
          "random:retention=0.25",
          "random:retention=0.1");

  private final SparkSession spark;
  private final int videos;

  SweepBench(SparkSession spark, int videos) {
    this.spark = spark;
    this.videos = videos;
  }

  /** Both ways' wall time, and the sweep's share of the other's. */
  List<BenchRow> run() throws IOException {
    try (ScratchFolder folder = new ScratchFolder("sweep-bench")) {
      Path few = rendered(folder.resolve("few"), 2, Footage.PLAIN);
      sweepMillis(few, folder.resolve("few-sweep"));
      separateMillis(few, folder.resolve("few-separate"));
      Path root = rendered(folder.resolve("benchmark"), videos, LARGE);
      double together = sweepMillis(root, folder.resolve("sweep"));
      double separate = separateMillis(root, folder.resolve("separate"));
      String yardstick = "each by itself";
      String what = "%d settings x %d questions, ".formatted(COMPRESSIONS.size(), QUESTIONS);
      return List.of(
          BenchRow.millis(
              what + "%s: %d videos".formatted(yardstick, videos), separate, 1, yardstick),
          BenchRow.millis(what + "one sweep", together, together / separate, yardstick));
    }
  }

  private static Path rendered(Path root, int videos, Footage footage) throws IOException {
    new SceneSet(SceneSplit.TEST, 0, videos, SceneSet.SAMPLES, QUESTIONS)
        .write(root, footage, () -> {});
    askSome(root.resolve("questions.jsonl"));
    return root;
  }

  private double sweepMillis(Path root, Path output) throws IOException {
    long start = System.nanoTime();
    SweepJob sweep = new SweepJob(spark, sweep(root, output), Progress::silent);
    sweep.run(new PrintWriter(Writer.nullWriter()));
    if (!sweep.failures().isEmpty()) {
      throw new IllegalStateException("cells of the sweep failed: " + sweep.failures());
    }
    return (System.nanoTime() - start) / 1e6;
  }

  private double separateMillis(Path root, Path output) throws IOException {
    long start = System.nanoTime();
    for (int i = 0; i < COMPRESSIONS.size(); i++) {
      runSeparately(root, output.resolve("setting-" + i), COMPRESSIONS.get(i));
    }
    return (System.nanoTime() - start) / 1e6;
  }

  /** Leaves the first questions of each video. */
  private static void askSome(Path questions) throws IOException {
    Map<String, Integer> asked = new HashMap<>();
    List<String> left = new ArrayList<>();
    for (String line : Files.readAllLines(questions)) {
      String video = new ObjectMapper().readTree(line).get("video_id").asText();
      if (asked.merge(video, 1, Integer::sum) <= QUESTIONS) {
        left.add(line);
      }
    }
    Files.write(questions, left);
  }

  private static SweepSettings sweep(Path root, Path output) {
    return new SweepSettings(
        output.toString(),
        List.of(Models.DEFAULT),
        List.of(SAMPLING),
        COMPRESSIONS,
        List.of(KvSpec.FULL.toString()),
        List.of("generated:root=" + root),
        PromptTemplates.CHAT,
        "bf16",
        "auto",
        "auto",
        0,
        PrecomputeSettings.VIDEOS_PER_COMMIT);
  }

  private void runSeparately(Path root, Path output, String compression) throws IOException {
    new PrecomputeJob(
            spark,
            PrecomputeSettings.of(
                List.of(root.resolve("videos").toString()),
                output.toString(),
                Models.DEFAULT,
                SAMPLING,
                List.of(compression),
                "bf16",
                "auto",
                PrecomputeSettings.VIDEOS_PER_COMMIT),
            Progress.silent())
        .run();
    new AnswerJob(
            spark,
            new AnswerSettings(
                output.toString(),
                List.of(root.resolve("questions.jsonl").toString()),
                output.toString(),
                null,
                Models.DEFAULT,
                List.of(compression),
                "auto",
                "auto",
                PromptTemplates.CHAT,
                KvSpec.FULL.toString(),
                SCORING,
                PrecomputeSettings.VIDEOS_PER_COMMIT),
            Progress.silent())
        .run();
  }
}

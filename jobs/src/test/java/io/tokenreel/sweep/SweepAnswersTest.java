package io.tokenreel.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tokenreel.eval.task.TaskSpec;
import io.tokenreel.scene.SceneSet;
import io.tokenreel.scene.SceneSplit;
import io.tokenreel.sql.LocalSpark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.SparkException;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepAnswersTest {

  private static final String RANDOM = "random:retention=0.1";
  private static final String KV = "dycoke:layer=1,prune=0.7,refresh=0.9,mode=paper,reserve=host";

  private final SparkSession spark = LocalSpark.plain();
  private final List<String> given = new ArrayList<>();

  @TempDir Path folder;

  private SweepSettings settings() {
    return new SweepSettings(
        folder.toString(),
        List.of("default"),
        List.of("uniform:frames=16"),
        List.of("none", RANDOM),
        List.of("full", KV),
        List.of("generated:root=" + folder),
        "chat",
        "bf16",
        "cpu",
        "auto",
        0,
        1000);
  }

  private List<SweepAsked.Part> parts(SweepSettings settings) throws IOException {
    new SceneSet(SceneSplit.TEST, 0, 1, 16).write(folder, () -> {});
    SweepTask task =
        SweepTask.of(TaskSpec.parse(settings.tasks().get(0)), folder.toString(), spark);
    SweepAsked asked = new SweepAsked();
    asked.add(
        "default",
        "uniform:frames=16",
        task,
        task.rows(spark, task.questions(spark, video -> new double[0])),
        spark.emptyDataFrame());
    return asked.all();
  }

  @Test
  void give_oneCellFails_theOthersAreAnsweredAndItIsTold() throws IOException {
    SweepSettings settings = settings();
    SweepAnswers answers =
        new SweepAnswers(
            settings,
            (answer, order, sampling, contents, questions) -> {
              if (answer.kv().equals(KV) && answer.compressions().contains(RANDOM)) {
                sneak(new SparkException("the engine failed on a layer"));
              }
              given.add(answer.compressions() + " " + answer.kv());
            });
    answers.give("default", "uniform:frames=16", parts(settings));
    assertEquals(Set.of("[none, " + RANDOM + "] full", "[none] " + KV), Set.copyOf(given));
    assertEquals(2, given.size());
    assertEquals(
        List.of(
            new SweepFailure(
                SweepFailure.ANSWERS,
                null,
                "default",
                "uniform:frames=16",
                RANDOM,
                KV,
                "the engine failed on a layer")),
        answers.failures());
  }

  @Test
  void give_defect_stopsTheSweep() throws IOException {
    SweepSettings settings = settings();
    List<SweepAsked.Part> parts = parts(settings);
    SweepAnswers answers =
        new SweepAnswers(
            settings,
            (answer, order, sampling, contents, questions) -> {
              throw new IllegalStateException("a defect");
            });
    assertThrows(
        IllegalStateException.class, () -> answers.give("default", "uniform:frames=16", parts));
  }

  /** Spark's Scala code throws it without declaring it. */
  @SuppressWarnings("unchecked")
  private static <E extends Exception> void sneak(Exception e) throws E {
    throw (E) e;
  }
}

package io.tokenreel.pipeline.setting;

import io.tokenreel.model.Models;
import io.tokenreel.pipeline.run.CompressJob;
import io.tokenreel.pipeline.run.PrecomputeJob;
import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.testing.AttentionMethod;
import io.tokenreel.testing.JobTests;
import io.tokenreel.testing.OutsideMethods;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs refuse a method that needs a signal before anything runs: no input here is there. */
class SignalsCheckTest {

  private static final SparkSession SPARK = LocalSpark.plain();
  private static final List<String> SPECS = List.of("none", AttentionMethod.SPEC);
  private static final String NEEDS =
      "--compression: compression 'attention:retention=0.5' needs the signals [attn_received]; ";

  @TempDir Path folder;
  private OutsideMethods jar;

  @BeforeEach
  void bring() throws IOException {
    jar = new OutsideMethods(folder.resolve("jar"), AttentionMethod.class);
  }

  @AfterEach
  void takeAway() throws IOException {
    jar.close();
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private static void run(Job job) {
    try {
      job.run();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** One of the jobs. */
  @FunctionalInterface
  private interface Job {
    Object run() throws IOException;
  }

  @Test
  void precompute_towerThatGivesNone_namesTheEncoder() {
    PrecomputeSettings settings =
        JobTests.settings(List.of(path("none.mp4")), path("cache"), SPECS, 10);
    JobTests.assertRefused(
        () -> run(new PrecomputeJob(SPARK, settings, Progress.silent())::run),
        NEEDS
            + "encoder %s gives none: take an encoder that gives them, or a method that needs tokens alone"
                .formatted(Models.describe(Models.DEFAULT, new Configuration()).encoder()));
  }

  @Test
  void compress_keptFeatures_haveNone() {
    CompressSettings settings =
        new CompressSettings(path("features"), path("cache"), null, SPECS, false, 10);
    JobTests.assertRefused(
        () -> run(new CompressJob(SPARK, settings, Progress.silent())::run),
        NEEDS + "a block in a column has none");
  }
}

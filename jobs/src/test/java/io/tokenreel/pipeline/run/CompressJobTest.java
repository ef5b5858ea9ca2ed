package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sha2;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.pipeline.setting.CompressSettings;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.testing.JobTests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompressJobTest {

  /** A manifest's column whose name Spark would read as syntax. */
  private static final String LABEL = "my la`bel.v2";

  /** Names of columns that the jobs make on their way. */
  private static final List<String> OF_THE_JOBS =
      List.of("encoding", "cell", "cells", "found", "found_ms", "grid", "refusal", "Compressed");

  private static final SparkSession SPARK = LocalSpark.plain();
  private static final List<String> SPECS = List.of("none", "vidcom2:retention=0.5");

  @TempDir Path folder;

  private static List<RunSummary> compress(Path features, Path output) throws IOException {
    return new CompressJob(
            SPARK,
            new CompressSettings(features.toString(), output.toString(), null, SPECS, false, 2),
            Progress.silent())
        .run();
  }

  private static List<Row> rows(Path cache, CacheTable table, String... without)
      throws IOException {
    return CommittedRows.withPassthrough(SPARK, hadoop(cache), table)
        .drop("created_at")
        .drop(without)
        .orderBy(table == CacheTable.OUTCOMES ? "video_id" : "compression", "video_id")
        .collectAsList();
  }

  private static List<Row> tokens(Path cache) throws IOException {
    return CommittedRows.withPassthrough(SPARK, hadoop(cache), CacheTable.TOKENS)
        .withColumn("tokens", sha2(col("tokens"), 256))
        .drop("created_at")
        .orderBy("compression", "video_id")
        .collectAsList();
  }

  private static org.apache.hadoop.fs.Path hadoop(Path path) {
    return new org.apache.hadoop.fs.Path(path.toUri());
  }

  @Tag("slow")
  @Test
  void run_onKeptFeatures_givesWhatPrecomputeGaveAndThenNothing() throws IOException {
    Path manifest = folder.resolve("videos.csv");
    StringBuilder lines =
        new StringBuilder(
            "video_id,video_uri,%s,%s%n".formatted(LABEL, String.join(",", OF_THE_JOBS)));
    for (String name : List.of("turned_0.mov", "hevc.mp4", "damaged.mp4")) {
      lines.append("%s,%s,label of %s".formatted(name, JobTests.VIDEOS.resolve(name), name));
      lines.append(",mine".repeat(OF_THE_JOBS.size())).append('\n');
    }
    Files.writeString(manifest, lines);
    Path precomputed = folder.resolve("precomputed");
    PrecomputeSettings settings =
        JobTests.settings(List.of(manifest.toString()), precomputed.toString(), SPECS, 10);
    RunSummary whole =
        new PrecomputeJob(SPARK, JobTests.keepingFeatures(settings), Progress.silent()).run();

    Path output = folder.resolve("compressed");
    List<RunSummary> runs = compress(precomputed, output);
    assertEquals(1, runs.size());
    assertEquals(whole.degraded(), runs.get(0).degraded());
    assertEquals(3, runs.get(0).videos());
    assertEquals(0, runs.get(0).alreadyCommitted());
    assertEquals(tokens(precomputed), tokens(output));
    String[] ofRun = {"run_id", "decode_ms", "encode_ms", "compress_ms", "attempts"};
    assertEquals(
        rows(precomputed, CacheTable.OUTCOMES, ofRun), rows(output, CacheTable.OUTCOMES, ofRun));
    assertEquals(6, rows(output, CacheTable.SELECTIONS).size());
    Row selection = rows(output, CacheTable.SELECTIONS).get(0);
    assertEquals("label of damaged.mp4", selection.getAs(LABEL));

    assertEquals(3, compress(precomputed, output).get(0).alreadyCommitted());
    assertEquals(6, tokens(output).size());
    assertEquals(6, rows(output, CacheTable.OUTCOMES).size());
    for (String name : OF_THE_JOBS) {
      assertEquals("mine", selection.getAs(name), name);
      assertTrue(
          rows(output, CacheTable.OUTCOMES).stream()
              .allMatch(row -> "mine".equals(row.getAs(name))));
    }
  }

  @Test
  void run_onACacheWithoutFeatures_isRefused() throws IOException {
    Path empty = folder.resolve("empty");
    Files.createDirectories(empty.resolve("runs"));
    Files.createDirectories(empty.resolve("features"));
    JobTests.assertRefused(
        () -> {
          try {
            compress(empty, folder.resolve("out"));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        "holds no features; run precompute with --keep-features");
  }
}

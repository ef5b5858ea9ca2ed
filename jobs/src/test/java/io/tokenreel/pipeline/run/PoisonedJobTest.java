package io.tokenreel.pipeline.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.cache.verify.CacheVerifier;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.testing.JobTests;
import io.tokenreel.testing.TaskCounts;
import io.tokenreel.video.PoisonedDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Videos that make the decoder misbehave, in a whole job: they cost their own rows. */
@Tag("slow")
class PoisonedJobTest {

  private static final SparkSession SPARK = LocalSpark.plain();
  private static final List<String> NEIGHBOURS =
      List.of("hevc.mp4", "turned_0.mov", "turned_90.mov");

  /** Enough on a busy machine for two attempts of all that do not hang. */
  private static final int TIMEOUT_SECONDS = 15;

  /** Reason and attempts by what the decoder does. */
  private static final Map<String, String> EXPECTED =
      Map.of(
          "abort", "decoder_crash 2",
          "garbage", "decoder_crash 2",
          "close", "decoder_crash 2",
          "memory", "decoder_memory 2",
          "hang", "timeout 1"); // both attempts share the time

  @TempDir private Path folder;

  @Test
  void run_decoderMisbehavesInEveryWay_failsThoseVideosAndNoTaskAndSparesTheNeighbours()
      throws Exception {
    Path videos = neighbours();
    assertEquals(NEIGHBOURS.size(), run(videos, "undisturbed").ok());
    Map<String, Row> undisturbed = tokens("undisturbed");

    for (String behaviour : EXPECTED.keySet()) {
      PoisonedDecoder.poison(videos, behaviour);
    }
    Path home = Files.createDirectory(folder.resolve("jdk"));
    try (TaskCounts counts = new TaskCounts(SPARK.sparkContext());
        PoisonedDecoder installed = PoisonedDecoder.install(home)) {
      RunSummary summary = run(videos, "poisoned");
      assertEquals(NEIGHBOURS.size(), summary.ok(), summary.toString());
      assertEquals(EXPECTED.size(), summary.failed(), summary.toString());
      assertEquals(0, counts.failedTasks());
      assertEquals(NEIGHBOURS.size() + EXPECTED.size(), counts.counted("decode videos"));
    }

    assertEquals(undisturbed, tokens("poisoned"));
    Map<String, String> reasons = new TreeMap<>();
    for (Row row : rows("poisoned", CacheTable.OUTCOMES, "video_id", "reason", "attempts")) {
      if (row.getString(1) != null) {
        String name = row.getString(0).replace(".mp4", "");
        reasons.put(name, row.getString(1) + " " + row.get(2));
      }
    }
    assertEquals(new TreeMap<>(EXPECTED), reasons);
    assertEquals(List.of(), CacheVerifier.verify(SPARK, cache("poisoned")));
  }

  private Path neighbours() throws IOException {
    Path videos = Files.createDirectory(folder.resolve("videos"));
    for (String name : NEIGHBOURS) {
      Files.write(videos.resolve(name), Files.readAllBytes(JobTests.VIDEOS.resolve(name)));
    }
    return videos;
  }

  private RunSummary run(Path videos, String cache) throws IOException {
    PrecomputeSettings settings =
        JobTests.timeout(
            JobTests.settings(
                List.of(videos.toString()), folder.resolve(cache).toString(), List.of("none"), 100),
            TIMEOUT_SECONDS);
    return new PrecomputeJob(SPARK, settings, Progress.silent()).run();
  }

  private Map<String, Row> tokens(String cache) throws IOException {
    Map<String, Row> byVideo = new TreeMap<>();
    String[] columns = {
      "video_id", "content_sha256", "token_index", "sha2(tokens, 256)", "frame_seconds"
    };
    for (Row row : rows(cache, CacheTable.TOKENS, columns)) {
      byVideo.put(row.getString(0), row);
    }
    assertEquals(new TreeSet<>(NEIGHBOURS), byVideo.keySet());
    return byVideo;
  }

  private List<Row> rows(String cache, CacheTable table, String... columns) throws IOException {
    return CommittedRows.of(SPARK, cache(cache), table).selectExpr(columns).collectAsList();
  }

  private org.apache.hadoop.fs.Path cache(String name) {
    return new org.apache.hadoop.fs.Path(folder.resolve(name).toUri());
  }
}

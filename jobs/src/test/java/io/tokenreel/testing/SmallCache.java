package io.tokenreel.testing;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.cache.commit.WaveCommit;
import io.tokenreel.sql.LocalSpark;
import java.io.IOException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** Rows of one token of two bytes, for tests that care for keys and outcomes only. */
public final class SmallCache {

  public static final SparkSession SPARK = LocalSpark.plain();
  static final String ENCODER = "tiny@1";
  public static final String SAMPLING = "uniform:frames=1";
  public static final List<String> SPECS = List.of("none", "uniform:retention=0.5");

  private SmallCache() {}

  /** A run of {@link #SPECS} that writes tokens. */
  public static RunRecord run(String runId, String sampling, long videos) {
    return RunRecord.started(
        runId,
        "precompute",
        Map.of(),
        videos,
        new RunRecord.Setting(
            new EncodingSetting(ENCODER, sampling), SPECS, List.of(CacheTable.TOKENS)),
        "test");
  }

  public static Row token(String id, String sha, String compression, String outcome) {
    return RowFactory.create(
        id,
        "file:/" + id,
        sha,
        ENCODER,
        SAMPLING,
        compression,
        1,
        1,
        1,
        1,
        1,
        "bf16",
        1,
        new Integer[] {0},
        new byte[] {1, 2},
        new Double[] {0.0},
        outcome,
        "test",
        Timestamp.from(Instant.EPOCH),
        "tiny",
        "plain",
        1,
        1,
        25.0,
        new Integer[] {0},
        null);
  }

  /** An outcome that was found {@code seconds} after 1970. */
  public static Row outcome(
      String runId, String id, String sha, String outcome, String reason, long seconds) {
    return RowFactory.create(
        runId,
        id,
        "file:/" + id,
        outcome,
        reason,
        reason == null ? null : "detail of " + reason,
        sha,
        10L,
        1L,
        0L,
        5L,
        5L,
        5L,
        1,
        Timestamp.from(Instant.ofEpochSecond(seconds)));
  }

  public static void commit(TokenCacheWriter writer, CacheTable table, Row... rows)
      throws IOException {
    WaveCommit wave = writer.nextWave();
    wave.stage(table, SPARK.createDataFrame(Arrays.asList(rows), table.schema()).coalesce(1));
    wave.commit();
  }

  /** Input videos with these ids. */
  public static StructType videoSchema() {
    return new StructType()
        .add("video_id", "string")
        .add("video_uri", "string")
        .add("video_bytes", "long");
  }
}

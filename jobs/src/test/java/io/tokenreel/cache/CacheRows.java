package io.tokenreel.cache;

import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.cache.commit.WaveCommit;
import io.tokenreel.sql.LocalSpark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/** Rows of the cache's tables whose content follows from the video's id, and a session. */
public final class CacheRows {

  public static final String ENCODER = "tiny@1";
  public static final String SAMPLING = "uniform:frames=4";
  public static final String HALF = "vidcom2:retention=0.5";
  public static final String WHOLE = "none";
  static final int FRAMES = 4;
  static final int GRID = 2;
  static final int DIM = 8;
  public static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.678901Z");

  private CacheRows() {}

  public static SparkSession spark() {
    SparkSession session = LocalSpark.plain();
    session.sparkContext().setLogLevel("ERROR");
    return session;
  }

  public static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj("clips/%05d.mp4"::formatted).toList();
  }

  public static String sha(String content) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(content.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Bytes that follow from the id, the content and the compression, and do not compress. */
  public static byte[] blob(String id, String content, String compression, int bytes) {
    byte[] blob = new byte[bytes];
    new Random((id + content + compression).hashCode()).nextBytes(blob);
    return blob;
  }

  /** The plain grid of a video: sixteen tokens of finite bf16 channels. */
  static byte[] grid(String id, String content) {
    byte[] data = blob(id, content, "grid", 16 * DIM * 2);
    for (int i = 1; i < data.length; i += 2) {
      data[i] &= 0x3f; // neither NaN nor infinity
    }
    return data;
  }

  /**
   * What a test expects of a video's tokens: rows of the grid, every one or every second, then
   * zeros.
   */
  public static byte[] keptTokens(String id, String content, String compression) {
    int count = compression.equals(WHOLE) ? 16 : 8;
    byte[] grid = grid(id, content);
    byte[] kept = new byte[(count + 1) * DIM * 2];
    for (int i = 0; i < count; i++) {
      System.arraycopy(grid, i * (16 / count) * DIM * 2, kept, i * DIM * 2, DIM * 2);
    }
    return kept;
  }

  /** A row of {@code tokens/} of eight (of sixteen) bf16 tokens and a separator row. */
  public static Row tokens(String id, String content, String compression, Instant created) {
    int count = compression.equals(WHOLE) ? 16 : 8;
    int step = 16 / count;
    Integer[] index = new Integer[count + 1];
    for (int i = 0; i < count; i++) {
      index[i] = i * step;
    }
    index[count] = -1;
    return RowFactory.create(
        id,
        "file:/videos/" + id,
        sha(content),
        ENCODER,
        SAMPLING,
        compression,
        FRAMES,
        GRID,
        GRID,
        GRID * GRID,
        DIM,
        "bf16",
        count + 1,
        index,
        keptTokens(id, content, compression),
        new Double[] {0.0, 0.5, 1.0, 1.5},
        "OK",
        "0.1.0",
        Timestamp.from(created),
        "tiny",
        "closing",
        1,
        100,
        25.0,
        new Integer[] {0, 33, 66, 99},
        null);
  }

  public static Dataset<Row> tokens(List<String> ids, String... compressions) {
    List<Row> rows = new ArrayList<>();
    for (String id : ids) {
      for (String compression : compressions) {
        rows.add(tokens(id, "content of " + id, compression, CREATED));
      }
    }
    return tokenRows(rows);
  }

  public static Dataset<Row> tokenRows(List<Row> rows) {
    return spark().createDataFrame(rows, CacheSchema.TOKENS).repartition(2);
  }

  /** Commits rows of {@code tokens/} as a wave of their own. */
  public static void commit(Path output, Dataset<Row> tokens) throws IOException {
    try (TokenCacheWriter writer = TokenCacheWriter.open(spark(), output)) {
      WaveCommit wave = writer.nextWave();
      wave.stage(CacheTable.TOKENS, tokens);
      wave.commit();
    }
  }

  public static Dataset<Row> features(List<String> ids) {
    List<Row> rows = new ArrayList<>();
    for (String id : ids) {
      byte[] data = grid(id, "content of " + id);
      rows.add(
          RowFactory.create(
              id,
              "file:/videos/" + id,
              sha("content of " + id),
              ENCODER,
              SAMPLING,
              RowFactory.create(FRAMES, GRID * GRID, GRID, GRID, DIM, "bf16", data),
              new byte[DIM * 2],
              new Double[] {0.0, 0.5, 1.0, 1.5},
              "OK",
              "0.1.0",
              Timestamp.from(CREATED),
              "tiny",
              "closing",
              1,
              100,
              25.0,
              new Integer[] {0, 33, 66, 99},
              null));
    }
    return spark().createDataFrame(rows, CacheSchema.FEATURES).coalesce(1);
  }

  public static Dataset<Row> selections(List<String> ids) {
    List<Row> rows = new ArrayList<>();
    for (String id : ids) {
      rows.add(
          RowFactory.create(
              id,
              "file:/videos/" + id,
              sha("content of " + id),
              ENCODER,
              SAMPLING,
              HALF,
              FRAMES,
              GRID,
              GRID,
              GRID * GRID,
              2,
              new Integer[] {3, 9},
              new Double[] {0.5, 0.25, 0.5, 0.75},
              "OK",
              "0.1.0",
              Timestamp.from(CREATED),
              "tiny"));
    }
    return spark().createDataFrame(rows, CacheSchema.SELECTIONS).coalesce(1);
  }

  public static Row outcome(String runId, String id, String outcome, String reason) {
    return RowFactory.create(
        runId,
        id,
        "file:/videos/" + id,
        outcome,
        reason,
        reason == null ? null : "why",
        sha("content of " + id),
        1000L,
        4L,
        0L,
        10L,
        outcome.equals("FAILED") ? null : 20L,
        outcome.equals("FAILED") ? null : 1L,
        1,
        Timestamp.from(CREATED));
  }

  public static Dataset<Row> outcomes(String runId, List<String> ids) {
    return outcomeRows(ids.stream().map(id -> outcome(runId, id, "OK", null)).toList());
  }

  public static Dataset<Row> outcomeRows(List<Row> rows) {
    return spark().createDataFrame(rows, CacheSchema.OUTCOMES).coalesce(1);
  }

  public static RunRecord run(String runId, long videos, String... compressions) {
    return RunRecord.started(
        runId,
        "precompute",
        Map.of("input", "clips", "compression", String.join(" ", compressions)),
        videos,
        new RunRecord.Setting(
            new EncodingSetting(ENCODER, SAMPLING),
            List.of(compressions),
            List.of(CacheTable.TOKENS)),
        "0.1.0");
  }
}

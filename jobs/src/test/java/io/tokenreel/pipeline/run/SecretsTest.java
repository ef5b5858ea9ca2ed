package io.tokenreel.pipeline.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.testing.JobTests;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Passwords and tokens of URIs are used, and are nowhere in what is written. */
@Tag("slow")
class SecretsTest {

  private static final String PASSWORD = "lovelace";
  private static final String TOKEN = "t0k3n";

  private final SparkSession spark = LocalSpark.plain();

  @TempDir Path folder;

  /** Local files under a scheme whose URIs need a password and a token, as signed URLs do. */
  public static final class GuardedFileSystem extends RawLocalFileSystem {

    @Override
    public String getScheme() {
      return "guarded";
    }

    @Override
    public URI getUri() {
      return URI.create("guarded://ada:" + PASSWORD + "@host");
    }

    @Override
    protected void checkPath(org.apache.hadoop.fs.Path path) {}

    @Override
    public File pathToFile(org.apache.hadoop.fs.Path path) {
      String[] signed = path.toUri().getPath().split("[?]", 2);
      if (signed.length == 2 && !signed[1].equals("token=" + TOKEN)) {
        throw new IllegalStateException("the token is lost: " + path);
      }
      return new File(signed[0]);
    }
  }

  private static String guarded(String name) {
    return "guarded://ada:%s@host%s?token=%s"
        .formatted(PASSWORD, JobTests.VIDEOS.resolve(name), TOKEN);
  }

  @Test
  void precompute_urisWithSecrets_areReadAndWrittenWithoutThem() throws IOException {
    spark
        .sparkContext()
        .hadoopConfiguration()
        .setClass("fs.guarded.impl", GuardedFileSystem.class, FileSystem.class);
    Path manifest = folder.resolve("videos.csv");
    Files.write(
        manifest,
        List.of("video_uri", guarded("hevc.mp4"), guarded("absent.mp4"), guarded("README.md")));
    Path cache = folder.resolve("cache");
    PrecomputeSettings settings =
        JobTests.keepingFeatures(
            JobTests.settings(
                List.of(manifest.toString(), guarded("turned_0.mov")),
                cache.toString(),
                List.of("none"),
                10));
    RunSummary summary = new PrecomputeJob(spark, settings, Progress.silent()).run();
    assertEquals(List.of(4L, 2L, 2L), List.of(summary.videos(), summary.ok(), summary.failed()));
    assertHidden(summary.toString());

    TreeMap<String, String> outcomes = new TreeMap<>();
    for (CacheTable table : List.of(CacheTable.OUTCOMES, CacheTable.TOKENS, CacheTable.FEATURES)) {
      for (Row row : rows(cache, table)) {
        assertHidden(row.toString());
        if (table == CacheTable.OUTCOMES) {
          outcomes.put(row.getAs("video_id"), row.getAs("outcome"));
          assertTrue(row.<String>getAs("video_uri").startsWith("guarded://ada:***@host/"));
        }
      }
    }
    String hidden = "guarded://ada:***@host%s?token=***";
    assertEquals(
        new TreeSet<>(
            Stream.of("absent.mp4", "hevc.mp4", "README.md")
                .map(name -> hidden.formatted(JobTests.VIDEOS.resolve(name)))
                .toList()),
        new TreeSet<>(outcomes.keySet().stream().filter(id -> id.contains("://")).toList()));
    assertEquals("OK", outcomes.get("turned_0.mov"));
    try (Stream<Path> runs = Files.list(cache.resolve("runs"))) {
      for (Path run : runs.toList()) {
        assertHidden(Files.readString(run, StandardCharsets.ISO_8859_1));
      }
    }
    assertEquals(4, new PrecomputeJob(spark, settings, Progress.silent()).run().videos());
  }

  private List<Row> rows(Path cache, CacheTable table) {
    return spark.read().parquet(cache.resolve(table.folder()).toString()).collectAsList();
  }

  private static void assertHidden(String text) {
    assertFalse(text.contains(PASSWORD) || text.contains(TOKEN), text);
  }
}

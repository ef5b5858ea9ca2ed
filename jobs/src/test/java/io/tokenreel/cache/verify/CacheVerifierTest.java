package io.tokenreel.cache.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheRows;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.Finding;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.commit.EndedWriter;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.cache.commit.WaveCommit;
import io.tokenreel.testing.LeavesUnsoundTables;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sound cache has no findings; each defect that is put in is found, and nothing else. */
@LeavesUnsoundTables("they are damaged, to be found out")
class CacheVerifierTest {

  private static final SparkSession SPARK = CacheRows.spark();
  private static final List<String> IDS = CacheRows.ids(0, 4);
  private static final String FIRST = "clips/00000.mp4";

  @TempDir java.nio.file.Path temporary;

  private Path output() {
    return new Path(temporary.resolve("cache").toUri());
  }

  private List<String> checks() throws IOException {
    return CacheVerifier.verify(SPARK, output()).stream().map(Finding::check).sorted().toList();
  }

  private void commit(RunRecord run, Dataset<Row> tokens, Dataset<Row> outcomes)
      throws IOException {
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output())) {
      WaveCommit wave = writer.nextWave();
      wave.stage(CacheTable.TOKENS, tokens);
      wave.stage(CacheTable.OUTCOMES, outcomes);
      wave.commit();
      writer.saveRun(run);
    }
  }

  private static RunRecord run() {
    return CacheRows.run("r1", 4, CacheRows.HALF).finished();
  }

  private static Dataset<Row> tokens() {
    return CacheRows.tokens(IDS, CacheRows.HALF);
  }

  private static Dataset<Row> outcomes() {
    return CacheRows.outcomes("r1", IDS);
  }

  private static Dataset<Row> broken(Dataset<Row> rows, String column, String expression) {
    return rows.withColumn(
        column,
        functions.expr(
            "CASE WHEN video_id = '%s' THEN %s ELSE %s END".formatted(FIRST, expression, column)));
  }

  @Test
  void verify_soundCacheOfAllTables_findsNothing() throws IOException {
    RunRecord run = run();
    commit(
        run,
        tokens(),
        CacheRows.outcomeRows(
            Stream.concat(
                    CacheRows.outcomes("r1", CacheRows.ids(0, 3)).collectAsList().stream(),
                    Stream.of(CacheRows.outcome("r1", IDS.get(3), "FAILED", "not_a_video")))
                .toList()));
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output())) {
      WaveCommit wave = writer.nextWave();
      wave.stage(CacheTable.FEATURES, CacheRows.features(IDS));
      wave.stage(CacheTable.SELECTIONS, CacheRows.selections(IDS));
      wave.commit();
    }
    assertEquals(List.of(), CacheVerifier.verify(SPARK, output()));
  }

  @Test
  void verify_brokenTokenRow_namesTheRuleAndTheVideo() throws IOException {
    Dataset<Row> rows = broken(tokens(), "tokens", "substring(tokens, 1, 10)");
    rows = broken(rows, "token_index", "array(3, 1, 0, 4, 5, 6, 7, 8)");
    rows = broken(rows, "frame_seconds", "array(1D, 0D, 2D, 3D)");
    rows = broken(rows, "outcome", "'FAILED'");
    rows = broken(rows, "scales", "unhex('0000803F')");
    commit(run(), rows, outcomes());
    assertEquals(
        List.of(
            "tokens.frame_seconds",
            "tokens.row_outcome",
            "tokens.scale_bytes",
            "tokens.token_bytes",
            "tokens.token_index_length",
            "tokens.token_index_values"),
        checks());
    for (Finding finding : CacheVerifier.verify(SPARK, output())) {
      assertEquals(List.of(FIRST), finding.videoIds(), finding.toString());
    }
  }

  /** Half as many bytes as bf16 has, and a scale per token. */
  @Test
  void verify_rowsWithScales_areSoundWithOneForEachToken() throws IOException {
    Dataset<Row> scaled =
        tokens()
            .withColumn("dtype", functions.lit("int8"))
            .withColumn("tokens", functions.expr("substring(tokens, 1, token_count * dim)"))
            .withColumn("scales", functions.expr("unhex(repeat('0000803F', token_count))"));
    commit(run(), scaled, outcomes());
    assertEquals(List.of(), CacheVerifier.verify(SPARK, output()));
  }

  @Tag("slow")
  @Test
  void verify_brokenFeatureAndSelectionRows_namesTheRules() throws IOException {
    Dataset<Row> features =
        broken(CacheRows.features(IDS), "separator_rows", "substring(separator_rows, 1, 3)")
            .withColumn(
                "block",
                functions.expr(
                    "struct(block.frames, block.tokens_per_frame, block.grid_height, block.grid_width, block.dim, 'f32' AS dtype, block.data)"));
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output())) {
      WaveCommit wave = writer.nextWave();
      wave.stage(CacheTable.FEATURES, features);
      wave.stage(
          CacheTable.SELECTIONS,
          broken(CacheRows.selections(IDS), "frame_budgets", "array(0.5D, 2D, 0.1D, 0.1D)"));
      wave.stage(
          CacheTable.OUTCOMES,
          CacheRows.outcomeRows(List.of(CacheRows.outcome("r1", FIRST, "DEGRADED", null))));
      wave.commit();
      writer.saveRun(CacheRows.run("r1", 1).finished());
    }
    assertEquals(
        List.of(
            "features.block_bytes",
            "features.contents",
            "features.separator_bytes",
            "outcomes.outcome",
            "selections.contents",
            "selections.frame_budgets"),
        checks());
  }

  @Tag("slow")
  @Test
  void verify_duplicateKeys_namesTheTables() throws IOException {
    commit(run(), tokens().union(tokens().limit(1)), outcomes());
    assertEquals(List.of("tokens.key"), checks());
  }

  @Tag("slow")
  @Test
  void verify_runsThatDoNotAddUp_saysHow() throws IOException {
    commit(run(), tokens().where("video_id != '" + FIRST + "'"), outcomes());
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output())) {
      writer.saveRun(CacheRows.run("r2", 7, CacheRows.HALF).finished());
      writer.saveRun(CacheRows.run("r3", 7, CacheRows.HALF));
      WaveCommit wave = writer.nextWave();
      wave.stage(CacheTable.OUTCOMES, CacheRows.outcomes("r4", IDS.subList(1, 2)));
      wave.commit();
    }
    List<Finding> findings = CacheVerifier.verify(SPARK, output());
    assertEquals(List.of("run_outcomes", "run_record", "tokens.rows"), checks());
    assertTrue(
        findings.stream()
            .anyMatch(f -> f.check().equals("tokens.rows") && f.videoIds().equals(List.of(FIRST))),
        findings.toString());
  }

  @Test
  void verify_leftoversOfAWriter_namesThem() throws IOException {
    commit(run(), tokens(), outcomes());
    FileSystem fs = output().getFileSystem(new Configuration());
    fs.create(new Path(output(), "_journal/000009.json")).close();
    fs.mkdirs(new Path(output(), "_staging/000009"));
    assertEquals(List.of("leftovers", "leftovers"), checks());
  }

  @Tag("slow")
  @Test
  void verify_staleLock_saysWhoLeftIt() throws IOException {
    commit(run(), tokens(), outcomes());
    long ended = EndedWriter.leaveLock(output());
    List<Finding> findings = CacheVerifier.verify(SPARK, output());
    assertEquals(List.of("lock"), checks());
    assertTrue(findings.get(0).found().contains("process " + ended), findings.toString());
    assertTrue(findings.get(0).found().contains("has ended"), findings.toString());
  }

  @Tag("slow")
  @Test
  void verify_indexThatDisagrees_saysSo() throws IOException {
    commit(run(), tokens(), outcomes());
    FileSystem fs = output().getFileSystem(new Configuration());
    Path folder = new Path(output(), "tokens");
    Path file = CacheFiles.list(fs, folder).get(0).getPath();
    fs.rename(file, new Path(folder, "000001-00009.parquet"));
    assertEquals(List.of("index"), checks());

    fs.delete(new Path(output(), "_index"), true);
    List<Finding> findings = CacheVerifier.verify(SPARK, output());
    assertEquals(1, findings.size(), findings.toString());
    assertTrue(findings.get(0).found().contains("the next precompute"), findings.toString());
  }
}

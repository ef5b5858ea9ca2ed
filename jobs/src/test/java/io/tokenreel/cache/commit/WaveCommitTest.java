package io.tokenreel.cache.commit;

import static org.apache.spark.sql.functions.udf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheRows;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.testing.LeavesUnsoundTables;
import io.tokenreel.testing.RunSeed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A writer that stops after any single step of its work, and the next one, leave the tables of an
 * undisturbed writer. A run has half of the steps, by its seed.
 */
@Tag("slow")
class WaveCommitTest {

  private static final SparkSession SPARK = CacheRows.spark();

  /** Settings of the caller's session that tasks have seen. */
  private static final Set<Map<String, String>> DURING = ConcurrentHashMap.newKeySet();

  @TempDir java.nio.file.Path temporary;

  /** Stands for the end of a process: nothing is closed. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static final class KillAfter implements CacheFiles.StepListener {

    private final List<String> steps = new ArrayList<>();
    private final int limit;

    KillAfter(int limit) {
      this.limit = limit;
    }

    @Override
    public void done(String step) {
      steps.add(step);
      if (steps.size() == limit) {
        throw new Killed();
      }
    }
  }

  private static final Dataset<Row> FIRST =
      CacheRows.tokens(CacheRows.ids(0, 3), CacheRows.HALF, CacheRows.WHOLE).cache();
  private static final Dataset<Row> SECOND =
      CacheRows.tokens(CacheRows.ids(3, 5), CacheRows.HALF, CacheRows.WHOLE).cache();

  @LeavesUnsoundTables("their outcomes are of no run")
  @Test
  void commit_stoppedAfterAnyStep_nextWriterFindsAllOfTheWaveOrNothing() throws IOException {
    Path before = output("before");
    commitFirst(before);
    Path after = copy(before, "after");
    KillAfter steps = new KillAfter(Integer.MAX_VALUE);
    commitSecond(after, steps);
    int decided = steps.steps.indexOf("renamed to 000002.json") + 1;
    assertTrue(decided > 1 && steps.steps.size() > decided + 8, steps.steps.toString());

    for (int step : RunSeed.halfUpTo(steps.steps.size())) {
      Path output = copy(before, "killed-" + step);
      int limit = step;
      assertThrows(Killed.class, () -> commitSecond(output, new KillAfter(limit)));
      endProcess(output);
      TokenCacheWriter.open(SPARK, output).close();

      String where = "stopped after step %d, %s".formatted(step, steps.steps.get(step - 1));
      assertEquals(files(step < decided ? before : after), files(output), where);
    }
  }

  @LeavesUnsoundTables("their outcomes are of no run")
  @Test
  void endCommit_ofTheCacheThatIsReadAndWritten_movesWhatWasDecided() throws IOException {
    Path output = output("read");
    commitFirst(output);
    assertThrows(Killed.class, () -> commitSecond(output, killAt("renamed to 000002.json")));
    endProcess(output);
    TokenCacheWriter.endCommit(SPARK, output, output("another"), null);
    assertEquals(6, CommittedRows.of(SPARK, output, CacheTable.TOKENS).count());
    assertFalse(Files.exists(java.nio.file.Path.of(output("another").toUri())));
    TokenCacheWriter.endCommit(SPARK, output, output, null);
    assertEquals(10, CommittedRows.of(SPARK, output, CacheTable.TOKENS).count());
    TokenCacheWriter.endCommit(SPARK, output, output, null);
  }

  @LeavesUnsoundTables("their outcomes are of no run")
  @Test
  void recovery_stoppedAfterAnyStep_nextWriterEndsIt() throws IOException {
    Path before = output("before");
    commitFirst(before);
    Path after = copy(before, "after");
    commitSecond(after, CacheFiles.StepListener.NONE);
    Path decided = copy(before, "decided");
    assertThrows(Killed.class, () -> commitSecond(decided, killAt("renamed to 000002.json")));
    endProcess(decided);

    KillAfter steps = new KillAfter(Integer.MAX_VALUE);
    TokenCacheWriter.open(SPARK, copy(decided, "whole"), steps).close();
    for (int step : RunSeed.halfUpTo(steps.steps.size())) {
      Path output = copy(decided, "twice-" + step);
      int limit = step;
      assertThrows(
          Killed.class, () -> TokenCacheWriter.open(SPARK, output, new KillAfter(limit)).close());
      endProcess(output);
      TokenCacheWriter.open(SPARK, output).close();
      assertEquals(
          files(after), files(output), "recovery stopped after " + steps.steps.get(step - 1));
    }
  }

  @Test
  void rerun_afterAKillInEachPhase_leavesTheUndisturbedFiles() throws IOException {
    Path undisturbed = output("undisturbed");
    run(undisturbed, CacheFiles.StepListener.NONE);
    List<String> phases =
        List.of(
            "written .r.json.tmp",
            "staged tokens",
            "written .000002.json.tmp",
            "renamed to 000002.json",
            "renamed to 000002-00000.parquet",
            "renamed to records-000002.bin",
            "deleted 000002");
    for (String step : RunSeed.half(phases)) {
      Path output = output("rerun-" + step.replace(' ', '-'));
      assertThrows(Killed.class, () -> run(output, killAt(step)), step);
      endProcess(output);
      run(output, CacheFiles.StepListener.NONE);
      assertEquals(files(undisturbed), files(output), "killed after " + step);
      assertEquals(
          List.of("_index", "_schema-1", "contents", "outcomes", "runs", "tokens"),
          names(output),
          step);
    }
  }

  /** A run over videos 0-2 and 3-4 in two waves, of which it does what is not committed. */
  private static void run(Path output, CacheFiles.StepListener listener) throws IOException {
    // Not try-with-resources: a killed process closes nothing.
    TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output, listener);
    RunRecord run = CacheRows.run("r", 5, CacheRows.HALF, CacheRows.WHOLE);
    writer.saveRun(run);
    for (List<String> ids : List.of(CacheRows.ids(0, 3), CacheRows.ids(3, 5))) {
      Dataset<Row> outcomes = CacheRows.outcomes("r", ids);
      Dataset<Row> committed = writer.committedRows(CacheTable.OUTCOMES);
      if (!outcomes.join(committed, new String[] {"video_id"}, "left_anti").isEmpty()) {
        WaveCommit wave = writer.nextWave();
        wave.stage(CacheTable.TOKENS, ids.size() == 3 ? FIRST : SECOND);
        wave.stage(CacheTable.OUTCOMES, outcomes);
        wave.commit();
      }
    }
    writer.saveRun(run.finished());
    writer.close();
  }

  private static void commitFirst(Path output) throws IOException {
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output)) {
      WaveCommit wave = writer.nextWave();
      wave.stage(CacheTable.TOKENS, FIRST);
      wave.stage(CacheTable.OUTCOMES, CacheRows.outcomes("r", CacheRows.ids(0, 3)));
      wave.commit();
    }
  }

  private static void commitSecond(Path output, CacheFiles.StepListener listener)
      throws IOException {
    TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output, listener);
    WaveCommit wave = writer.nextWave();
    wave.stage(CacheTable.TOKENS, SECOND);
    wave.stage(CacheTable.OUTCOMES, CacheRows.outcomes("r", CacheRows.ids(3, 5)));
    wave.commit();
    writer.close();
  }

  @Test
  void stage_notCommitted_leavesNothing() throws IOException {
    Path output = output("staged");
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output)) {
      writer.nextWave().stage(CacheTable.TOKENS, FIRST);
      assertEquals(0, writer.committedRows(CacheTable.TOKENS).count());
    }
    assertEquals(List.of("_schema-1"), names(output));
  }

  @Test
  void staged_betweenStagingAndCommit_givesTheRowsElseSaysWhen() throws IOException {
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output("staged"))) {
      WaveCommit wave = writer.nextWave();
      assertThrows(IllegalStateException.class, () -> wave.staged(CacheTable.TOKENS));
      wave.stage(CacheTable.TOKENS, FIRST);
      assertEquals(FIRST.count(), wave.staged(CacheTable.TOKENS).count());
      wave.commit();
      String message =
          assertThrows(IllegalStateException.class, () -> wave.staged(CacheTable.TOKENS))
              .getMessage();
      assertTrue(message.contains("tokens/") && message.contains("committed"), message);
    }
  }

  @Test
  void stage_whileTheCallersSessionIsInUse_changesNoneOfItsSettings() throws IOException {
    Map<String, String> before = settings();
    DURING.clear();
    UDF1<String, String> look =
        id -> {
          DURING.add(settings()); // by a task of the write, in this JVM
          return id;
        };
    Dataset<Row> looking =
        FIRST.withColumn("video_id", udf(look, DataTypes.StringType).apply(FIRST.col("video_id")));
    Path output = output("settings");
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output)) {
      WaveCommit wave = writer.nextWave();
      wave.stage(CacheTable.TOKENS, looking);
      wave.commit();
    }
    assertEquals(Set.of(before), DURING);
    assertEquals(before, settings());
    Path file = new Path(output, "tokens/000001-00000.parquet");
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(file, new Configuration()))) {
      assertEquals(
          "TIMESTAMP(MICROS,true)",
          reader
              .getFileMetaData()
              .getSchema()
              .getType("created_at")
              .getLogicalTypeAnnotation()
              .toString());
    }
  }

  private static Map<String, String> settings() {
    return CollectionConverters.asJava(SPARK.conf().getAll());
  }

  @Test
  void stage_columnOfAnotherType_namesTheColumn() throws IOException {
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output("types"))) {
      IllegalArgumentException error =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  writer
                      .nextWave()
                      .stage(
                          CacheTable.TOKENS,
                          FIRST.withColumn("dim", FIRST.col("dim").cast("string"))));
      assertTrue(error.getMessage().contains("column dim of type int"), error.getMessage());
    }
  }

  private static CacheFiles.StepListener killAt(String name) {
    return step -> {
      if (step.equals(name)) {
        throw new Killed();
      }
    };
  }

  /** Makes the lock that of a process that has ended. */
  private static void endProcess(Path output) throws IOException {
    EndedWriter.leaveLock(output);
  }

  private Path copy(Path from, String name) throws IOException {
    Path to = output(name);
    java.nio.file.Path source = java.nio.file.Path.of(from.toUri());
    try (Stream<java.nio.file.Path> files = Files.walk(source)) {
      for (java.nio.file.Path file : files.toList()) {
        Files.copy(file, java.nio.file.Path.of(to.toUri()).resolve(source.relativize(file)));
      }
    }
    return to;
  }

  /** Committed files and the index: name and digest of each. */
  private static List<String> files(Path output) throws IOException {
    java.nio.file.Path root = java.nio.file.Path.of(output.toUri());
    List<String> files = new ArrayList<>();
    for (String folder : List.of("tokens", "contents", "outcomes", "_index")) {
      try (Stream<java.nio.file.Path> all = Files.list(root.resolve(folder))) {
        for (java.nio.file.Path file : all.sorted().toList()) {
          if (!file.getFileName().toString().endsWith(".crc")) {
            String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            files.add(root.relativize(file) + " " + CacheRows.sha(content));
          }
        }
      }
    }
    return files;
  }

  /** What an output holds, hidden checksum files aside. */
  private static List<String> names(Path output) throws IOException {
    try (Stream<java.nio.file.Path> files = Files.list(java.nio.file.Path.of(output.toUri()))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    }
  }

  private Path output(String name) {
    return new Path(temporary.resolve(name).toUri());
  }
}

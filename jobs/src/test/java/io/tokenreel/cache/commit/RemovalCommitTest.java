package io.tokenreel.cache.commit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheRows;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.RunRecords;
import io.tokenreel.cache.lookup.TokenCache;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.cache.store.Removed;
import io.tokenreel.cache.store.Vacuum;
import io.tokenreel.cache.verify.CacheVerifier;
import io.tokenreel.testing.RunSeed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rows that leave a cache: what goes, what stays, and what a writer that stops leaves. */
@Tag("slow")
class RemovalCommitTest extends RemovalOutputs {

  @Test
  void forget_oneOfSix_leavesNoByteOfItAndTheOthersAsTheyWere() throws IOException {
    Path output = cache();
    List<Row> others = rows(output, CacheTable.TOKENS).where(notSecret()).collectAsList();
    assertTrue(named(output).size() >= 4, "the id is in files before: " + named(output));

    Removed removed = forget(output, CacheFiles.StepListener.NONE, SECRET);
    assertEquals(
        Map.of(CacheTable.TOKENS, 2L, CacheTable.CONTENTS, 1L, CacheTable.OUTCOMES, 1L),
        removed.rows());
    assertTrue(removed.freedBytes() > 0, removed.toString());
    assertEquals(List.of(), named(output), "files that have the id");
    assertEquals(others, rows(output, CacheTable.TOKENS).collectAsList());
    assertEquals(5, rows(output, CacheTable.OUTCOMES).count());
    assertLookups(TokenCache.open(new Configuration(), output), List.of(SECRET));
    assertEquals(List.of(), CacheVerifier.verify(SPARK, output));

    RunRecord run = RunRecords.of(new Configuration(), output).get(0);
    assertEquals("[\"(forgotten)\",\"/other/mp4\"]", run.options().get("inputs"));
    assertEquals(1, run.removedOutcomes());
    assertEquals(
        0, forget(output, CacheFiles.StepListener.NONE, SECRET).total(), "it is gone already");
    assertEquals(1, RunRecords.of(new Configuration(), output).get(0).removedOutcomes());
  }

  @Test
  void forget_aWholeFile_deletesItAndTheNextWaveHasItsOwnNumber() throws IOException {
    Path output = cache();
    List<String> last = IDS.subList(3, 6);
    forget(output, CacheFiles.StepListener.NONE, last.toArray(new String[0]));
    assertFalse(Files.exists(local(output).resolve("tokens/000002-00000.parquet")));
    assertLookups(TokenCache.open(new Configuration(), output), last);
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output)) {
      writer.lift(last);
      assertEquals(List.of(), writer.forgotten().among(last));
      RunRecord record = CacheRows.run("again", 3, CacheRows.HALF, CacheRows.WHOLE);
      WaveCommit wave = writer.nextWave();
      assertEquals(3, wave.number(), "its number is not that of a wave the index knew");
      wave.stage(CacheTable.TOKENS, CacheRows.tokens(last, CacheRows.HALF, CacheRows.WHOLE));
      wave.stage(CacheTable.OUTCOMES, CacheRows.outcomes("again", last));
      wave.commit();
      writer.saveRun(record.finished());
    }
    assertLookups(TokenCache.open(new Configuration(), output), List.of());
  }

  @Test
  void forget_stoppedBeforeTheJournal_removesNothingAndAfterItEverything() throws IOException {
    Path output = cache();
    Path before = copy(output, "before");
    assertThrows(
        Killed.class, () -> forget(output, killAt("staged what remains of tokens"), SECRET));
    recover(output);
    assertEquals(tables(before), tables(output));
    assertEquals(
        List.of(SECRET),
        ForgottenIds.of(new Configuration(), output).among(IDS),
        "it is not taken meanwhile");

    Path after = copy(output, "after");
    forget(after, CacheFiles.StepListener.NONE, SECRET);
    assertThrows(Killed.class, () -> forget(output, killAt("renamed to 000003.json"), SECRET));
    endProcess(output);
    Path decided = copy(output, "decided");
    List<String> steps = new ArrayList<>();
    TokenCacheWriter.open(SPARK, output, steps::add).close();
    assertEquals(tables(after), tables(output));
    assertTrue(steps.contains("replaced 000001-00000.parquet"), steps.toString());

    for (int limit : RunSeed.halfUpTo(steps.size())) {
      Path stopped = copy(decided, "stopped-" + limit);
      int last = limit;
      List<String> done = new ArrayList<>();
      assertThrows(
          Killed.class,
          () ->
              TokenCacheWriter.open(
                      SPARK,
                      stopped,
                      step -> {
                        done.add(step);
                        if (done.size() == last) {
                          throw new Killed();
                        }
                      })
                  .close());
      recover(stopped);
      assertEquals(digests(output), digests(stopped), "recovery stopped after " + done);
      FileUtils.deleteDirectory(local(stopped).toFile());
    }
    recover(decided);
  }

  @Test
  void forget_whileOthersRead_givesEachRowOfTheOthersOnceAtEveryStep() throws IOException {
    Path output = cache();
    TokenCache opened = TokenCache.open(new Configuration(), output);
    List<String> steps = new ArrayList<>();
    forget(
        output,
        step -> {
          steps.add(step);
          if (step.startsWith("replaced") || step.startsWith("deleted 0")) {
            for (String id : List.of(IDS.get(0), IDS.get(2))) {
              assertTokens(opened, id);
              assertTokens(TokenCache.open(new Configuration(), output), id);
            }
            List<Row> found = rows(output, CacheTable.TOKENS).where(notSecret()).collectAsList();
            assertEquals(10, found.size(), step);
          }
        },
        SECRET);
    assertTrue(
        steps.stream().anyMatch(step -> step.startsWith("replaced slots")), steps.toString());
    assertEquals(List.of(), opened.lookup(SECRET));
  }

  @Test
  void vacuum_supersededRows_leavesTheCurrentOnesAndASoundCache() throws IOException {
    Path output = cache();
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output)) {
      RunRecord record = CacheRows.run("changed", 1, CacheRows.HALF, CacheRows.WHOLE);
      WaveCommit wave = writer.nextWave();
      wave.stage(
          CacheTable.TOKENS,
          CacheRows.tokenRows(
              Stream.of(CacheRows.HALF, CacheRows.WHOLE)
                  .map(spec -> CacheRows.tokens(SECRET, "other", spec, CacheRows.CREATED))
                  .toList()));
      wave.stage(
          CacheTable.OUTCOMES,
          CacheRows.outcomes("changed", List.of(SECRET))
              .withColumn("content_sha256", lit(CacheRows.sha("other"))));
      wave.commit();
      writer.saveRun(record.finished());
    }
    Vacuum superseded = new Vacuum(Vacuum.Superseded.REMOVE, List.of(), Instant.now());
    Removed would = CommittedRows.wouldVacuum(SPARK, output, superseded);
    Vacuum older =
        new Vacuum(Vacuum.Superseded.REMOVE, List.of(), CacheRows.CREATED.minusSeconds(1));
    assertEquals(0, CommittedRows.wouldVacuum(SPARK, output, older).rows().get(CacheTable.TOKENS));
    Removed removed = vacuum(output, superseded);
    assertEquals(would.rows(), removed.rows());
    assertEquals(
        Map.of(CacheTable.TOKENS, 2L, CacheTable.CONTENTS, 1L, CacheTable.OUTCOMES, 1L),
        removed.rows());
    assertEquals(12, rows(output, CacheTable.TOKENS).count());
    assertEquals(List.of(), CacheVerifier.verify(SPARK, output));
    assertEquals(
        CacheRows.sha("other"),
        TokenCache.open(new Configuration(), output).lookup(SECRET).get(0).contentSha256());
    assertEquals(0, vacuum(output, superseded).total());

    Removed all =
        vacuum(
            output, new Vacuum(Vacuum.Superseded.KEEP, List.of(CacheRows.ENCODER), Instant.now()));
    assertEquals(12, all.rows().get(CacheTable.TOKENS));
    assertEquals(0, rows(output, CacheTable.TOKENS).count());
    assertEquals(List.of(), CacheVerifier.verify(SPARK, output));
  }

  private static Removed vacuum(Path output, Vacuum vacuum) throws IOException {
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output)) {
      return writer.vacuum(vacuum);
    }
  }

  private static void assertLookups(TokenCache cache, List<String> gone) throws IOException {
    for (String id : IDS) {
      if (gone.contains(id)) {
        assertEquals(List.of(), cache.lookup(id), id);
      } else {
        assertTokens(cache, id);
      }
    }
  }

  private static Column notSecret() {
    return col("video_id").notEqual(SECRET);
  }

  private static Dataset<Row> rows(Path output, CacheTable table) throws IOException {
    return CommittedRows.withPassthrough(SPARK, output, table)
        .orderBy(table.key().stream().map(name -> col(name)).toArray(Column[]::new));
  }

  /** Every row of every table, and what the index finds. */
  private static List<String> tables(Path output) throws IOException {
    List<String> all = new ArrayList<>();
    for (CacheTable table : List.of(CacheTable.TOKENS, CacheTable.CONTENTS, CacheTable.OUTCOMES)) {
      rows(output, table)
          .toJSON()
          .collectAsList()
          .forEach(row -> all.add(table.folder() + " " + row));
    }
    TokenCache cache = TokenCache.open(new Configuration(), output);
    for (String id : IDS) {
      all.add(id + " found " + cache.lookup(id).size());
    }
    for (RunRecord run : RunRecords.of(new Configuration(), output)) {
      all.add(run.toString());
    }
    assertEquals(List.of(), CacheVerifier.verify(SPARK, output));
    return all;
  }

  /** Name and digest of each file that a reader may look at. */
  private static List<String> digests(Path output) throws IOException {
    List<String> digests = new ArrayList<>();
    try (Stream<java.nio.file.Path> files = Files.walk(local(output))) {
      for (java.nio.file.Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        if (!file.getFileName().toString().endsWith(".crc")) {
          String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
          digests.add(local(output).relativize(file) + " " + CacheRows.sha(bytes));
        }
      }
    }
    return digests;
  }

  /** Files whose bytes, or whose rows' values, have the id; compressed parts are read as rows. */
  private static List<String> named(Path output) throws IOException {
    List<String> named = new ArrayList<>();
    try (Stream<java.nio.file.Path> files = Files.walk(local(output))) {
      for (java.nio.file.Path file : files.filter(Files::isRegularFile).toList()) {
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        String rows =
            file.toString().endsWith(".parquet")
                ? String.join("\n", SPARK.read().parquet(file.toString()).toJSON().collectAsList())
                : "";
        if (bytes.contains(SECRET) || rows.contains(SECRET)) {
          named.add(local(output).relativize(file).toString());
        }
      }
    }
    return named;
  }
}

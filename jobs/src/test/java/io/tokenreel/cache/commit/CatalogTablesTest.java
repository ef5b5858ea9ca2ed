package io.tokenreel.cache.commit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheRows;
import io.tokenreel.cache.CacheSchema;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.TableSettingsException;
import io.tokenreel.cache.lookup.CachedTokens;
import io.tokenreel.cache.lookup.CatalogLookup;
import io.tokenreel.cache.store.CatalogSpark;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.cache.store.Removed;
import io.tokenreel.cache.store.TableFormat;
import io.tokenreel.cache.store.TableName;
import io.tokenreel.cache.verify.CacheVerifier;
import io.tokenreel.testing.RunSeed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Waves in the tables of real catalogs: what a writer that stops leaves, and what is refused. */
@Tag("slow")
class CatalogTablesTest {

  private static final SparkSession SPARK = CatalogSpark.session();
  private static final List<CacheTable> TABLES = List.of(CacheTable.TOKENS, CacheTable.OUTCOMES);
  private static final String DELETION_VECTORS =
      "spark.databricks.delta.properties.defaults.enableDeletionVectors";
  private static final StructType NO_COLUMNS = new StructType();

  @TempDir java.nio.file.Path temporary;

  /** Stands for the end of a process: nothing is closed. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** What a commit does from its journal on; before it, {@link WaveCommitTest} says what holds. */
  private static final List<String> STEPS =
      List.of(
          "renamed to [0-9]+.json",
          "appended to tokens",
          "appended to outcomes",
          "deleted [0-9]+.json");

  @ParameterizedTest
  @EnumSource(TableFormat.class)
  void commit_stoppedAfterItsJournal_nextWriterGivesEachRowOnce(TableFormat format)
      throws IOException {
    String table = CatalogSpark.table(format, "stopped");
    List<String> decided = new ArrayList<>(CacheRows.ids(0, 2));
    commit(table, decided, CacheFiles.StepListener.NONE);
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output(), table)) {
      writer.saveRun(CacheRows.run("r", 1, CacheRows.HALF));
    }
    for (String step : RunSeed.half(STEPS)) {
      List<String> ids = CacheRows.ids(decided.size(), decided.size() + 2);
      assertThrows(Killed.class, () -> commit(table, ids, killAt(step)), step);
      endProcess();
      decided.addAll(ids);
      if (step.equals(STEPS.get(0))) {
        // The next writer is stopped as well, when it has appended one of the two tables.
        CacheFiles.StepListener again = killAt("appended to tokens");
        assertThrows(Killed.class, () -> TokenCacheWriter.open(SPARK, output(), table, again));
        endProcess();
      }
      TokenCacheWriter.open(SPARK, output(), table).close();
    }
    assertEquals(decided, ids(CacheTable.TOKENS));
    assertEquals(decided, ids(CacheTable.OUTCOMES));
    assertEquals(List.of(), CacheVerifier.verify(SPARK, output()));
    CachedTokens found = CatalogLookup.lookup(SPARK, output(), decided.get(2)).get(0);
    assertArrayEquals(
        CacheRows.keptTokens(decided.get(2), "content of " + decided.get(2), CacheRows.HALF),
        found.tokens());
    assertEquals(CacheRows.CREATED, found.createdAt());
  }

  /** One wave. */
  private void commit(String table, List<String> ids, CacheFiles.StepListener listener)
      throws IOException {
    // Not try-with-resources: a killed process closes nothing.
    TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output(), table, listener);
    writer.prepare(TABLES, NO_COLUMNS);
    staged(writer, ids).commit();
    writer.close();
  }

  @ParameterizedTest
  @EnumSource(TableFormat.class)
  void nextWave_afterAnAppendOfUnknownEndAndACompaction_appendsWhatIsNotThere(TableFormat format)
      throws Exception {
    String table = CatalogSpark.table(format, "unknown");
    List<String> failing = new ArrayList<>(List.of("appended to tokens"));
    CacheFiles.StepListener listener =
        step -> {
          if (failing.remove(step)) {
            throw new IOException("no answer");
          }
        };
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output(), table, listener)) {
      writer.prepare(TABLES, NO_COLUMNS);
      WaveCommit wave = staged(writer, CacheRows.ids(0, 2));
      assertThrows(IOException.class, wave::commit);
      CatalogSpark.compact(format, table + "_tokens");
      staged(writer, CacheRows.ids(2, 4)).commit();
    }
    assertEquals(CacheRows.ids(0, 4), ids(CacheTable.TOKENS));
    assertEquals(CacheRows.ids(0, 4), ids(CacheTable.OUTCOMES));
  }

  @ParameterizedTest
  @EnumSource(TableFormat.class)
  void prepare_columnsOfManifests_areAddedOrRefused(TableFormat format) throws IOException {
    String table = CatalogSpark.table(format, "columns");
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output(), table)) {
      writer.prepare(TABLES, new StructType().add("Topic", "string"));
      writer.prepare(TABLES, new StructType().add("level", "int").add("topic", "string"));
      WaveCommit wave = writer.nextWave();
      Dataset<Row> tokens = CacheRows.tokens(CacheRows.ids(0, 1), CacheRows.HALF);
      wave.stage(CacheTable.TOKENS, tokens.withColumn("topic", functions.lit("cats")));
      wave.commit();
      TableSettingsException refused =
          assertThrows(
              TableSettingsException.class,
              () -> writer.prepare(TABLES, new StructType().add("level", "string")));
      assertTrue(
          refused.getMessage().contains("is int, and string in the input"), refused.getMessage());
    }
    Row row = CommittedRows.withPassthrough(SPARK, output(), CacheTable.TOKENS).first();
    assertEquals("cats", row.getAs("Topic"));
    assertTrue(row.isNullAt(row.fieldIndex("level")));
    assertEquals(CacheSchema.TOKENS.size() + 2, row.size());
  }

  @ParameterizedTest
  @EnumSource(TableFormat.class)
  void append_cellsOfFortyKilobytesAndMore_areRowGroupsOfTheirOwnInTheOrderOfIds(TableFormat format)
      throws IOException {
    String table = CatalogSpark.table(format, "layout");
    List<String> ids = CacheRows.ids(0, 12);
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output(), table)) {
      writer.prepare(List.of(CacheTable.TOKENS), NO_COLUMNS);
      WaveCommit wave = writer.nextWave();
      wave.stage(
          CacheTable.TOKENS,
          CacheRows.tokens(ids, CacheRows.HALF)
              .withColumn(
                  "times", functions.expr("if(video_id = '%s', 400, 1)".formatted(ids.get(5))))
              .withColumn(
                  "tokens", functions.expr("cast(repeat(randstr(40000, 1), times) as binary)"))
              .drop("times"));
      wave.commit();
    }
    assertEquals(
        411 * 40_000,
        CommittedRows.of(SPARK, output(), CacheTable.TOKENS)
            .agg(functions.expr("sum(octet_length(tokens))"))
            .first()
            .getLong(0));
    int rowGroups = 0;
    for (java.nio.file.Path file : CatalogSpark.files(format, "layout_tokens")) {
      try (ParquetFileReader reader =
          ParquetFileReader.open(
              HadoopInputFile.fromPath(new Path(file.toUri()), new Configuration()))) {
        String before = "";
        for (BlockMetaData block : reader.getRowGroups()) {
          ColumnChunkMetaData id = column(block, "video_id");
          String first = id.getStatistics().minAsString();
          assertEquals(1, block.getRowCount());
          assertTrue(before.compareTo(first) < 0, before + " before " + first);
          assertNotNull(reader.readBloomFilter(id));
          assertFalse(column(block, "tokens").getStatistics().hasNonNullValue());
          assertEquals("ZSTD", id.getCodec().name());
          before = first;
          rowGroups++;
        }
      }
    }
    assertEquals(12, rowGroups);
  }

  private static ColumnChunkMetaData column(BlockMetaData block, String name) {
    return block.getColumns().stream()
        .filter(column -> column.getPath().toDotString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(TableFormat.class)
  void open_tablesThatCannotBeThere_isRefused(TableFormat format) throws IOException {
    String table = CatalogSpark.table(format, "owned");
    Path other = new Path(temporary.resolve("other").toUri());
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, other, table)) {
      writer.prepare(List.of(CacheTable.OUTCOMES), NO_COLUMNS);
    }
    assertRefused(output(), table, "owned_contents` is there, and was not made by this output");
    assertRefused(other, null, "give --table " + table);
    assertRefused(other, table + "2", "has its tables as " + table);
    assertRefused(output(), "nowhere.db.t", "spark.sql.catalog.nowhere is not set");
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output())) {
      WaveCommit wave = writer.nextWave();
      wave.stage(CacheTable.TOKENS, CacheRows.tokens(CacheRows.ids(0, 1), CacheRows.HALF));
      wave.commit();
    }
    assertRefused(output(), table, "holds Parquet tables (tokens/)");

    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, other, table)) {
      writer.saveRun(CacheRows.run("r", 1, CacheRows.HALF).finished());
    }
    for (CacheTable made : List.of(CacheTable.CONTENTS, CacheTable.OUTCOMES)) {
      SPARK.sql("DROP TABLE " + TableName.parse(table).of(made));
    }
    assertRefused(other, table, "which run r wrote to");
  }

  private static void assertRefused(Path output, String table, String part) {
    TableSettingsException refused =
        assertThrows(
            TableSettingsException.class,
            () -> TokenCacheWriter.requireTable(SPARK, output, table));
    assertTrue(refused.getMessage().contains(part), refused.getMessage());
    assertThrows(
        TableSettingsException.class, () -> TokenCacheWriter.open(SPARK, output, table).close());
  }

  @ParameterizedTest
  @EnumSource(TableFormat.class)
  void forget_stoppedBetweenTwoTables_nextWriterEndsIt(TableFormat format) throws IOException {
    String table = CatalogSpark.table(format, "forgotten");
    commit(table, CacheRows.ids(0, 3), CacheFiles.StepListener.NONE);
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output(), table)) {
      writer.saveRun(CacheRows.run("r", 3, CacheRows.HALF).finished());
    }
    String gone = CacheRows.ids(1, 2).get(0);
    CacheFiles.StepListener stop = killAt("removed from outcomes");
    assertThrows(
        Killed.class,
        () -> TokenCacheWriter.open(SPARK, output(), table, stop).forget(List.of(gone)));
    endProcess();
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output(), table)) {
      assertEquals(List.of(gone), writer.forgotten().among(CacheRows.ids(0, 3)));
      assertEquals(0, writer.forget(List.of(gone)).total());
    }
    assertFalse(ids(CacheTable.TOKENS).contains(gone));
    assertEquals(2, ids(CacheTable.OUTCOMES).size());
    assertEquals(List.of(), CatalogLookup.lookup(SPARK, output(), gone));
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output(), table)) {
      Removed removed = writer.forget(CacheRows.ids(0, 1));
      assertEquals(1, removed.rows().get(CacheTable.TOKENS));
      assertTrue(
          removed.expiry().stream().anyMatch(statement -> statement.contains("forgotten_tokens")),
          removed.toString());
    }
    assertEquals(CacheRows.ids(2, 3), ids(CacheTable.TOKENS));
    assertEquals(List.of(), CacheVerifier.verify(SPARK, output()));
    if (format == TableFormat.DELTA) { // the catalog of Iceberg that the tests have keeps no views
      assertEquals(
          CacheRows.ids(2, 3).get(0),
          SPARK
              .table(TableName.parse(table).currentOf(CacheTable.TOKENS))
              .first()
              .getAs("video_id"));
    }
  }

  /** The statements that a removal prints end what the catalog keeps of the past. */
  @ParameterizedTest
  @EnumSource(TableFormat.class)
  void forget_thenItsStatements_leaveTheVideoInNoFile(TableFormat format) throws IOException {
    String table = CatalogSpark.table(format, "expired");
    // What a session may have made a default of: rows that are only marked as removed.
    SPARK.conf().set(DELETION_VECTORS, "true");
    try {
      commit(table, CacheRows.ids(0, 3), CacheFiles.StepListener.NONE);
    } finally {
      SPARK.conf().unset(DELETION_VECTORS);
    }
    List<CacheTable> tables = List.of(CacheTable.TOKENS, CacheTable.OUTCOMES, CacheTable.CONTENTS);
    String gone = CacheRows.ids(0, 1).get(0); // the smallest, which statistics have
    Removed removed;
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output(), table)) {
      removed = writer.forget(List.of(gone));
    }
    for (CacheTable each : tables) {
      assertTrue(idsInFiles(format, each).contains(gone), each + " has nothing to expire");
    }
    removed.expiry().forEach(SPARK::sql);
    List<String> kept = CacheRows.ids(1, 3);
    for (CacheTable each : tables) {
      assertEquals(kept, idsInFiles(format, each), each.folder());
      SPARK.catalog().refreshTable(TableName.parse(table).of(each));
    }
    assertEquals(kept, ids(CacheTable.TOKENS));
    assertEquals(List.of(), CatalogLookup.lookup(SPARK, output(), gone));
    if (format == TableFormat.ICEBERG) {
      assertEquals(
          kept.get(0), smallestIdOfManifests(TableName.parse(table).of(CacheTable.TOKENS)));
    }
  }

  /** Of all entries, those of removed files among them, of all snapshots. */
  private static String smallestIdOfManifests(String table) {
    int field = SPARK.table(table).schema().fieldIndex("video_id") + 1; // as Iceberg counts
    String bound = "min(CAST(data_file.lower_bounds[%d] AS STRING))".formatted(field);
    return SPARK.table(table + ".all_entries").selectExpr(bound).first().getString(0);
  }

  /** Of all rows of all data files that lie in a table's folder, live or not, sorted. */
  private static List<String> idsInFiles(TableFormat format, CacheTable table) throws IOException {
    String[] files =
        CatalogSpark.files(format, "expired_" + table.folder()).stream()
            .map(file -> file.toUri().toString())
            .toArray(String[]::new);
    return CacheRows.spark().read().parquet(files).select("video_id").collectAsList().stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  private static WaveCommit staged(TokenCacheWriter writer, List<String> ids) throws IOException {
    WaveCommit wave = writer.nextWave();
    wave.stage(CacheTable.TOKENS, CacheRows.tokens(ids, CacheRows.HALF).coalesce(1));
    wave.stage(CacheTable.OUTCOMES, CacheRows.outcomes("r", ids));
    return wave;
  }

  private List<String> ids(CacheTable table) throws IOException {
    return CommittedRows.of(SPARK, output(), table).select("video_id").collectAsList().stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  private static CacheFiles.StepListener killAt(String name) {
    return step -> {
      if (step.matches(name)) {
        throw new Killed();
      }
    };
  }

  private void endProcess() throws IOException {
    EndedWriter.leaveLock(output());
  }

  private Path output() {
    return new Path(temporary.resolve("cache").toUri());
  }
}

package io.tokenreel.cache.store;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.Json;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.RunRecords;
import io.tokenreel.cache.SchemaVersion;
import io.tokenreel.cache.TableSettingsException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** Finds out where an output's tables are, and holds what is asked for against it. */
public final class TableStores {

  private TableStores() {}

  /**
   * The tables of an output, wherever it has them; of a new one, Parquet below it.
   *
   * @throws TableSettingsException when a newer version wrote them, or a catalog has them that the
   *     session cannot ask
   */
  public static TableStore of(SparkSession spark, CacheFiles files, CacheLayout layout)
      throws IOException {
    return store(spark, files, layout, TableRecord.read(files, layout));
  }

  /**
   * Checks that an output's tables can be where they are asked for.
   *
   * @param table CATALOG.DB.NAME; null for Parquet below the output
   * @throws TableSettingsException when the output is no folder for a cache or has them elsewhere,
   *     or a catalog cannot be asked or has tables of these names already
   */
  public static void require(SparkSession spark, CacheFiles files, CacheLayout layout, String table)
      throws IOException {
    new OutputFolder(files, layout).require();
    Optional<TableRecord> asked = asked(spark, files, layout, table);
    store(spark, files, layout, asked);
    if (asked.isPresent()) {
      new CatalogDefinition(spark, asked.get()).requireOwn();
    }
  }

  /**
   * The tables of an output, where they are asked for; the output remembers it.
   *
   * @throws TableSettingsException as {@link #require}
   */
  public static TableStore open(
      SparkSession spark, CacheFiles files, CacheLayout layout, String table) throws IOException {
    Optional<TableRecord> asked = asked(spark, files, layout, table);
    TableStore store = store(spark, files, layout, asked);
    if (asked.isPresent() && TableRecord.read(files, layout).isEmpty()) {
      new CatalogDefinition(spark, asked.get()).requireOwn();
      files.write(layout.tableRecord(), out -> out.write(Json.bytes(asked.get())));
    }
    return store;
  }

  private static Optional<TableRecord> asked(
      SparkSession spark, CacheFiles files, CacheLayout layout, String table) throws IOException {
    Optional<TableRecord> recorded = TableRecord.read(files, layout);
    String has = recorded.map(TableRecord::table).orElse(null);
    if (table == null) {
      if (has != null) {
        throw new TableSettingsException(
            "%s has its tables in a catalog: give --table %s, or another --output"
                .formatted(layout.root(), has));
      }
      return recorded;
    }
    if (has != null && !has.equals(table)) {
      throw new TableSettingsException(
          "%s has its tables as %s: give --table %s, or another --output"
              .formatted(layout.root(), has, has));
    }
    ParquetTables parquet = new ParquetTables(spark, files, layout);
    for (CacheTable each : CacheTable.values()) {
      if (parquet.has(each)) {
        throw new TableSettingsException(
            "%s holds Parquet tables (%s/), and an output has its tables in one place: leave --table out, or give another --output"
                .formatted(layout.root(), each.folder()));
      }
    }
    return recorded.or(() -> Optional.of(TableRecord.of(TableName.parse(table))));
  }

  private static TableStore store(
      SparkSession spark, CacheFiles files, CacheLayout layout, Optional<TableRecord> record)
      throws IOException {
    SchemaVersion.require(files, layout);
    if (record.isEmpty()) {
      return new ParquetTables(spark, files, layout);
    }
    CatalogDefinition definition = new CatalogDefinition(spark, record.get());
    requireNotForgotten(definition, record.get(), new RunRecords(files, layout.runs()).all());
    return new CatalogTables(spark, files, layout, record.get().name(), definition);
  }

  /** A catalog that has no table of an output with runs is another one, or keeps nothing. */
  private static void requireNotForgotten(
      CatalogDefinition definition, TableRecord record, List<RunRecord> runs)
      throws TableSettingsException {
    Optional<RunRecord> wrote =
        runs.stream()
            .filter(run -> run.state().equals(RunRecord.DONE) && run.inputVideos() > 0)
            .findFirst();
    if (wrote.isPresent() && definition.isEmpty()) {
      throw new TableSettingsException(
          "catalog %s has none of the tables %s_*, which run %s wrote to: it is not the catalog of that run, or one that keeps its tables in memory"
              .formatted(record.name().catalog(), record.table(), wrote.get().runId()));
    }
  }
}

package io.tokenreel.cache.verify;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.Finding;
import io.tokenreel.cache.RunRecords;
import io.tokenreel.cache.commit.WriterLock;
import io.tokenreel.cache.store.TableStore;
import io.tokenreel.cache.store.TableStores;
import io.tokenreel.files.Stores;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Checks a cache that nobody writes to: rows by themselves, keys, runs against outcomes, outcomes
 * against rows, leftovers of a writer that died, and the lookup index where there is one. The files
 * of tables that a catalog has are the catalog's to check.
 *
 * <p>It reads every blob, in Spark jobs; nothing grows with the number of videos in the driver.
 */
public final class CacheVerifier {

  private final SparkSession spark;
  private final FileSystem fs;
  private final CacheLayout layout;
  private final TableStore store;

  private CacheVerifier(SparkSession spark, FileSystem fs, CacheLayout layout) throws IOException {
    this.spark = spark;
    this.fs = fs;
    this.layout = layout;
    this.store = TableStores.of(spark, files(), layout);
  }

  /**
   * All findings; none when the cache is sound.
   *
   * @throws IOException when the folder cannot be read, or the catalog not asked
   */
  public static List<Finding> verify(SparkSession spark, Path output) throws IOException {
    FileSystem fs = Stores.of(output, spark.sparkContext().hadoopConfiguration());
    CacheLayout layout = new CacheLayout(fs.makeQualified(output));
    return new CacheVerifier(spark, fs, layout).findings();
  }

  private List<Finding> findings() throws IOException {
    List<Finding> findings = new ArrayList<>(lock());
    List<Finding> leftovers = leftovers();
    findings.addAll(leftovers);
    if (!leftovers.isEmpty()) {
      // The tables may hold part of a wave: whatever else there is to find follows from that.
      return findings;
    }
    RunRecords runs = new RunRecords(files(), layout.runs());
    RunChecks runChecks = new RunChecks(spark, runs.all(), rows(CacheTable.OUTCOMES));
    findings.addAll(runChecks.counts());
    List<Dataset<Row>> violations = new ArrayList<>();
    for (CacheTable table : CacheTable.values()) {
      Dataset<Row> rows = rows(table);
      if (store.has(table)) {
        violations.addAll(RowChecks.of(table, rows));
      }
      if (table.hasOutcomes()) {
        runChecks.missing(table, rows).ifPresent(violations::add);
        withoutContent(table, rows).ifPresent(violations::add);
      }
    }
    findings.addAll(Violations.findings(violations));
    findings.addAll(store.check());
    return findings;
  }

  /** Rows of videos of which nothing says which bytes are current. */
  private Optional<Dataset<Row>> withoutContent(CacheTable table, Dataset<Row> rows)
      throws IOException {
    if (!store.has(table) || !store.has(CacheTable.CONTENTS)) {
      return Optional.empty(); // a cache that an older version wrote; the next writer says so
    }
    return Optional.of(
        rows.select("video_id")
            .distinct()
            .join(rows(CacheTable.CONTENTS), new String[] {"video_id"}, "left_anti")
            .select(
                lit(table.folder() + ".contents").as("check"),
                lit("a row in contents of each video").as("expected"),
                lit("none").as("found"),
                col("video_id")));
  }

  private List<Finding> lock() throws IOException {
    return WriterLock.describe(fs, layout.lock()).stream()
        .map(found -> new Finding("lock", "no " + layout.lock(), found, List.of()))
        .toList();
  }

  private List<Finding> leftovers() throws IOException {
    List<Finding> findings = new ArrayList<>();
    for (Path folder : List.of(layout.journals(), layout.staging())) {
      List<String> names =
          files().list(folder).stream().map(FileStatus::getPath).map(Path::getName).toList();
      if (!names.isEmpty()) {
        findings.add(
            new Finding(
                "leftovers",
                "nothing in " + folder,
                names + "; a writer is at work, or died: the next one brings it in order",
                List.of()));
      }
    }
    return findings;
  }

  private Dataset<Row> rows(CacheTable table) throws IOException {
    return store.rows(table);
  }

  private CacheFiles files() {
    return new CacheFiles(fs, CacheFiles.StepListener.NONE);
  }
}

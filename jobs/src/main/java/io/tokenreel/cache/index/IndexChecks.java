package io.tokenreel.cache.index;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.Finding;
import io.tokenreel.files.Stores;
import io.tokenreel.files.TaskConfiguration;
import io.tokenreel.files.UserPath;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.SparkSession;

/** Whether the lookup index leads to every row of {@code tokens/}, and to nothing else. */
public final class IndexChecks {

  private static final String CHECK = "index";

  private IndexChecks() {}

  public static List<Finding> of(SparkSession spark, FileSystem fs, CacheLayout layout)
      throws IOException {
    List<String> files = files(fs, layout, CacheTable.TOKENS);
    if (files.isEmpty()) {
      return List.of();
    }
    LookupIndex index;
    try {
      index = LookupIndex.open(fs, layout);
    } catch (FileNotFoundException e) {
      return List.of(new Finding(CHECK, "a lookup index", e.getMessage(), List.of()));
    }
    TaskConfiguration conf = TaskConfiguration.broadcast(spark);
    JavaRDD<RowLocation> rows =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(files, files.size())
            .flatMap(new RowScan(conf));
    List<Finding> findings = new ArrayList<>();
    List<String> lost =
        rows.mapPartitions(new NotFound(conf, UserPath.text(layout.root())))
            .take(Finding.MAX_VIDEO_IDS);
    if (!lost.isEmpty()) {
      findings.add(
          new Finding(
              CHECK,
              "every row of tokens/ where the index says",
              "rows that the index does not lead to; " + LookupIndex.HOW_TO_REBUILD,
              lost));
    }
    List<String> contents = files(fs, layout, CacheTable.CONTENTS);
    long videos =
        rows.map(row -> CacheLayout.waveOf(UserPath.of(row.file())) + "/" + row.videoId())
            .union(
                JavaSparkContext.fromSparkContext(spark.sparkContext())
                    .parallelize(contents, Math.max(1, contents.size()))
                    .flatMap(new InWave(conf)))
            .distinct()
            .count();
    long slots = slots(fs, index);
    if (slots != videos) {
      findings.add(
          new Finding(
              CHECK,
              "%d records, one per video and wave".formatted(videos),
              slots + " records",
              List.of()));
    }
    return findings;
  }

  private static List<String> files(FileSystem fs, CacheLayout layout, CacheTable table)
      throws IOException {
    return CacheFiles.listTable(fs, layout.table(table)).stream()
        .map(FileStatus::getPath)
        .map(UserPath::text)
        .toList();
  }

  /** Wave and id of the videos that a file of {@code contents/} says something of. */
  private static final class InWave implements FlatMapFunction<String, String> {

    private static final long serialVersionUID = 1;

    private final ContentScan scan;

    InWave(TaskConfiguration conf) {
      this.scan = new ContentScan(conf);
    }

    @Override
    public Iterator<String> call(String file) throws IOException {
      long wave = CacheLayout.waveOf(UserPath.of(file));
      List<String> videos = new ArrayList<>();
      scan.call(file).forEachRemaining(record -> videos.add(wave + "/" + record.video().videoId()));
      return videos.iterator();
    }
  }

  private static long slots(FileSystem fs, LookupIndex index) throws IOException {
    long slots = 0;
    for (SlotTable table : index.tables()) {
      try (FSDataInputStream in = fs.open(table.path())) {
        for (Iterator<Slot> scan = SlotTable.scan(in); scan.hasNext(); scan.next()) {
          slots++;
        }
      }
    }
    return slots;
  }

  /** Ids of the rows that a lookup would not find where they are. */
  private static final class NotFound implements FlatMapFunction<Iterator<RowLocation>, String> {

    private static final long serialVersionUID = 1;

    private final TaskConfiguration configuration;
    private final String root;

    NotFound(TaskConfiguration configuration, String root) {
      this.configuration = configuration;
      this.root = root;
    }

    @Override
    public Iterator<String> call(Iterator<RowLocation> rows) throws IOException {
      CacheLayout layout = new CacheLayout(UserPath.of(root));
      FileSystem fs = Stores.of(layout.root(), configuration.value());
      LookupIndex index = LookupIndex.open(fs, layout);
      List<String> lost = new ArrayList<>();
      while (rows.hasNext() && lost.size() < Finding.MAX_VIDEO_IDS) {
        RowLocation row = rows.next();
        if (!isFound(index, row)) {
          lost.add(row.videoId());
        }
      }
      return lost.iterator();
    }

    private static boolean isFound(LookupIndex index, RowLocation row) {
      try {
        return index.locate(row.videoId()).stream().anyMatch(row::samePlace);
      } catch (IOException e) {
        return false; // a damaged record leads nowhere
      }
    }
  }
}

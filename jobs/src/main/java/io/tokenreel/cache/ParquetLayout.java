package io.tokenreel.cache;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a table's Parquet files are laid out, as options of Spark's writer.
 *
 * <p>Sizes are checked after every row. Parquet's default is to look first after 100 rows, by which
 * time 100 cells of 16 MB are on the heap.
 *
 * <p>The row group of a table of blobs aims at 64 KB, so that a cell of a third of that or more
 * (practically every cell: the writer leaves room for two more rows) is a row group of its own.
 * Parquet stores a row group in one contiguous range, therefore one video's whole row is one range
 * of the file, and a lookup reads nothing else. A row group costs about 2 KB in the footer, which
 * is under 1% of a cell of 300 KB; a dictionary could not pay for itself in a group of one row.
 *
 * <p>Zstandard at level 1: real visual tokens stored as bf16 shrink to 0.78 of their size at about
 * 500 MB/s on one core; level 3 saves 0.01 more at half the speed.
 */
public record ParquetLayout(Map<String, String> options) {

  private static final int BLOB_ROW_GROUP_BYTES = 64 << 10;
  private static final int RECORD_ROW_GROUP_BYTES = 8 << 20;

  /** Distinct ids that a bloom filter of a row group is sized for. */
  private static final int BLOB_BLOOM_IDS = 128;

  private static final int RECORD_BLOOM_IDS = 20_000;

  public ParquetLayout {
    options = Collections.unmodifiableMap(new TreeMap<>(options));
  }

  /** A table whose rows are dominated by the given binary columns, read by scan or one by one. */
  static ParquetLayout blobs(String... columns) {
    Map<String, String> options = common(BLOB_ROW_GROUP_BYTES, BLOB_BLOOM_IDS);
    options.put("parquet.enable.dictionary", "false");
    for (String column : columns) {
      options.put("parquet.column.statistics.enabled#" + column, "false");
    }
    return new ParquetLayout(options);
  }

  /** A table of small rows, read by scan; the given columns hold numbers that hardly repeat. */
  static ParquetLayout records(String... columns) {
    Map<String, String> options = common(RECORD_ROW_GROUP_BYTES, RECORD_BLOOM_IDS);
    // A column that is wholly dictionary-encoded gets no bloom filter.
    options.put("parquet.enable.dictionary#video_id", "false");
    for (String column : columns) {
      options.put("parquet.enable.dictionary#" + column, "false");
      options.put("parquet.column.statistics.enabled#" + column, "false");
    }
    return new ParquetLayout(options);
  }

  private static Map<String, String> common(int rowGroupBytes, int bloomIds) {
    Map<String, String> options = new TreeMap<>();
    options.put("compression", "zstd");
    options.put("parquet.compression.codec.zstd.level", "1");
    options.put("parquet.block.size", Integer.toString(rowGroupBytes));
    // One pair of settings governs both the page and the row-group check.
    options.put("parquet.page.size.row.check.min", "1");
    options.put("parquet.page.size.row.check.max", "1");
    // Small row groups need no alignment to HDFS blocks; padding would waste up to 8 MB a block.
    options.put("parquet.writer.max-padding", "0");
    options.put("parquet.bloom.filter.enabled#video_id", "true");
    options.put("parquet.bloom.filter.expected.ndv#video_id", Integer.toString(bloomIds));
    return options;
  }
}

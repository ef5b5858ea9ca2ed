package io.tokenreel.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.format_string;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.udf;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.WriterVersion;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.cache.commit.WaveCommit;
import io.tokenreel.cache.lookup.TokenCache;
import io.tokenreel.files.UserPath;
import io.tokenreel.testing.CountingFileSystem;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;

/**
 * What it takes to look one video up in a large cache: the same process, one id after the other,
 * chosen at random, beside reading as many bytes at a random place of a file; and how much it
 * reads.
 */
final class LookupBench {

  private static final int TOKENS = 96;
  private static final int DIM = 352;
  private static final int CELL_BYTES = TOKENS * DIM * 2; // 67,584 of bf16
  private static final int CELLS_PER_WAVE = 25_000;
  private static final int WARM_UP = 500;
  private static final int LOOKUPS = 2_000;
  private static final int[] PERCENTILES = {50, 99};
  private static final long SEED = 1;

  private final SparkSession spark;
  private final int cells;
  private final Optional<Path> kept;

  /**
   * @param kept where the cache is made unless it is there, and stays; empty for a temporary folder
   */
  LookupBench(SparkSession spark, int cells, Optional<Path> kept) {
    this.spark = spark;
    this.cells = cells;
    this.kept = kept;
  }

  /** One lookup in the middle and one of the slowest hundredth, and the yardstick's. */
  List<BenchRow> run() throws IOException {
    if (kept.isPresent()) {
      return run(kept.get());
    }
    try (ScratchFolder folder = new ScratchFolder("lookup-bench")) {
      return run(folder.resolve("cache"));
    }
  }

  private List<BenchRow> run(Path output) throws IOException {
    org.apache.hadoop.fs.Path cache = UserPath.of(output.toString());
    if (Files.notExists(output)) {
      write(cache);
    }
    double[] reads = millis(reader(output));
    double[] lookups = millis(lookup(spark.sparkContext().hadoopConfiguration(), cache));
    String what = "lookup, one of %d cells of %d bytes".formatted(cells, CELL_BYTES);
    List<BenchRow> rows = new ArrayList<>();
    for (int percent : PERCENTILES) {
      rows.add(row("reading its bytes", reads, reads, percent));
    }
    for (int percent : PERCENTILES) {
      rows.add(row(what, lookups, reads, percent));
    }
    rows.addAll(counted(cache));
    return rows;
  }

  private void write(org.apache.hadoop.fs.Path output) throws IOException {
    try (TokenCacheWriter writer = TokenCacheWriter.open(spark, output)) {
      for (int first = 0; first < cells; first += CELLS_PER_WAVE) {
        WaveCommit wave = writer.nextWave();
        wave.stage(CacheTable.TOKENS, rows(first, Math.min(cells, first + CELLS_PER_WAVE)));
        wave.commit();
      }
    }
  }

  /** Random bytes, which no codec shrinks. */
  private Dataset<Row> rows(long first, long end) {
    UserDefinedFunction bytes =
        udf((UDF1<Long, byte[]>) LookupBench::bytes, DataTypes.BinaryType).asNonNullable();
    int parts = spark.sparkContext().defaultParallelism();
    Dataset<Row> ids = spark.range(first, end, 1, parts).toDF("cell");
    return ids.select(
        format_string("video-%08d", col("cell")).as("video_id"),
        format_string("file:/videos/%08d.mp4", col("cell")).as("video_uri"),
        sha2(col("cell").cast("string"), 256).as("content_sha256"),
        lit("tower@1").as("encoder"),
        lit("uniform:frames=4").as("sampling"),
        lit("vidcom2:retention=0.25").as("compression"),
        lit(4).as("frames"),
        lit(7).as("grid_height"),
        lit(14).as("grid_width"),
        lit(98).as("tokens_per_frame"),
        lit(DIM).as("dim"),
        lit("bf16").as("dtype"),
        lit(TOKENS).as("token_count"),
        sequence(lit(0), lit(TOKENS - 1)).as("token_index"),
        bytes.apply(col("cell")).as("tokens"),
        transform(sequence(lit(0), lit(3)), frame -> frame.cast("double")).as("frame_seconds"),
        lit("OK").as("outcome"),
        lit(WriterVersion.text()).as("writer_version"),
        current_timestamp().as("created_at"),
        lit("tower").as("model_name"),
        lit("plain").as("layout"),
        lit(1).as("planes"),
        lit(100).as("source_frames"),
        lit(25.0).as("source_rate"),
        sequence(lit(0), lit(3)).as("frame_index"),
        lit(null).cast("binary").as("scales"));
  }

  private static byte[] bytes(long cell) {
    byte[] bytes = new byte[CELL_BYTES];
    new SplittableRandom(cell).nextBytes(bytes);
    return bytes;
  }

  private static BenchRow row(String what, double[] millis, double[] reads, int percent) {
    double value = StatUtils.percentile(millis, percent);
    return BenchRow.millis(
        "%s, p%d".formatted(what, percent),
        value,
        value / StatUtils.percentile(reads, percent),
        "reading its bytes, p%d".formatted(percent));
  }

  /** Something done with a cell that is chosen by a random number generator. */
  @FunctionalInterface
  private interface OfRandomCell {
    void accept(Random random) throws IOException;
  }

  private static double[] millis(OfRandomCell work) throws IOException {
    Random random = new Random(SEED);
    double[] millis = new double[LOOKUPS];
    for (int i = -WARM_UP; i < LOOKUPS; i++) {
      long start = System.nanoTime();
      work.accept(random);
      if (i >= 0) {
        millis[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    return millis;
  }

  /** What the dearest of some lookups reads. */
  private List<BenchRow> counted(org.apache.hadoop.fs.Path output) throws IOException {
    OfRandomCell lookup =
        lookup(CountingFileSystem.configuration(), CountingFileSystem.counted(output));
    Random random = new Random(SEED);
    long ranges = 0;
    long bytes = 0;
    for (int i = 0; i < LOOKUPS; i++) {
      CountingFileSystem.reset();
      lookup.accept(random);
      ranges = Math.max(ranges, CountingFileSystem.ranges());
      bytes = Math.max(bytes, CountingFileSystem.bytes());
    }
    return List.of(
        new BenchRow("ranges that it reads, the most", ranges, "  ", ranges, "one"),
        new BenchRow(
            "bytes that it reads, the most", bytes, "B ", 1.0 * bytes / CELL_BYTES, "the cell's"));
  }

  private OfRandomCell lookup(Configuration conf, org.apache.hadoop.fs.Path output)
      throws IOException {
    TokenCache cache = TokenCache.open(conf, output);
    return random -> {
      String id = "video-%08d".formatted(random.nextInt(cells));
      int found = cache.lookup(id).size();
      if (found != 1) {
        throw new IllegalStateException("%s has %d rows, not 1".formatted(id, found));
      }
    };
  }

  private static OfRandomCell reader(Path output) {
    File[] files =
        output.resolve("tokens").toFile().listFiles((folder, name) -> name.endsWith(".parquet"));
    byte[] bytes = new byte[CELL_BYTES];
    return random -> {
      try (RandomAccessFile file = new RandomAccessFile(files[random.nextInt(files.length)], "r")) {
        file.seek((long) (random.nextDouble() * (file.length() - CELL_BYTES)));
        file.readFully(bytes);
      }
    };
  }
}

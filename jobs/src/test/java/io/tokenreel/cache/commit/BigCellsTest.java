package io.tokenreel.cache.commit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheRows;
import io.tokenreel.cache.CacheSchema;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.TargetFolder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sixty cells of 16 MB pass through a heap of 1.6 GB, which Parquet's default size checks overflow:
 * they look first after 100 rows. In a JVM of its own, for its heap.
 */
@Tag("slow")
class BigCellsTest {

  private static final int CELLS = 60;
  private static final int CELL_TOKENS = 16 * 1024;
  private static final int CELL_DIM = 512;
  private static final int CELL_BYTES = CELL_TOKENS * CELL_DIM * 2;

  @TempDir(factory = TargetFolder.class)
  Path temporary;

  @Test
  void stage_sixtyCellsOfSixteenMegabytes_fitsASmallHeap() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx1600m");
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(
            option ->
                option.startsWith("--add-") || option.startsWith("-D") || option.startsWith("-XX"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            BigCellsTest.class.getName(),
            temporary.resolve("cache").toString()));
    Path log = temporary.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertEquals(0, process.waitFor(), () -> textOf(log));
    try (var files = Files.list(temporary.resolve("cache/tokens"))) {
      assertTrue(files.anyMatch(file -> file.toString().endsWith(".parquet")));
    }
  }

  private static String textOf(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Writes the cells to the folder given, in this JVM. */
  public static void main(String[] arguments) throws IOException {
    Row pattern = CacheRows.tokens("id", "content", CacheRows.HALF, CacheRows.CREATED);
    MapFunction<Long, Row> cell = i -> cell(pattern, "video-%02d".formatted(i));
    Dataset<Row> rows =
        CacheRows.spark()
            .range(0, CELLS, 1, 2)
            .as(Encoders.LONG())
            .map(cell, Encoders.row(CacheSchema.TOKENS));
    org.apache.hadoop.fs.Path output = new org.apache.hadoop.fs.Path(arguments[0]);
    try (TokenCacheWriter writer = TokenCacheWriter.open(CacheRows.spark(), output)) {
      WaveCommit wave = writer.nextWave();
      wave.stage(CacheTable.TOKENS, rows);
      wave.commit();
    }
  }

  private static Row cell(Row pattern, String id) {
    Integer[] places = new Integer[CELL_TOKENS];
    Arrays.setAll(places, i -> i);
    Object[] columns = new Object[pattern.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] =
          switch (CacheSchema.TOKENS.fieldNames()[i]) {
            case "video_id" -> id;
            case "frames" -> 64;
            case "tokens_per_frame" -> 256;
            case "dim" -> CELL_DIM;
            case "token_count" -> CELL_TOKENS;
            case "token_index" -> places;
            case "tokens" -> CacheRows.blob(id, "", "", CELL_BYTES);
            default -> pattern.get(i);
          };
    }
    return RowFactory.create(columns);
  }
}

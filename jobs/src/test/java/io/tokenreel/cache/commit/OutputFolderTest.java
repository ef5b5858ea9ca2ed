package io.tokenreel.cache.commit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheRows;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.TableSettingsException;
import io.tokenreel.testing.LeavesUnsoundTables;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a cache may be written, and with which columns of a manifest. */
@Tag("slow")
class OutputFolderTest {

  private static final SparkSession SPARK = CacheRows.spark();

  @TempDir java.nio.file.Path temporary;

  @Test
  void requireTable_outputThatIsAFileOrBelowOne_isRefused() throws IOException {
    java.nio.file.Path file = Files.writeString(temporary.resolve("notes.txt"), "notes");
    for (String output : List.of(file.toString(), file + "/cache", file + "/a/b")) {
      String message = refused(output);
      assertTrue(message.contains(file + " is a file; name another"), message);
    }
    require(temporary.resolve("new/folder").toString());
  }

  @LeavesUnsoundTables("its folders are not those of a cache")
  @Test
  void requireTable_folderOfOthersWithNamesOfTables_isRefusedAndLeftAlone() throws IOException {
    java.nio.file.Path features =
        Files.createDirectories(temporary.resolve("set/features")).resolve("a.npy");
    Files.writeString(features, "x");
    String message = refused(temporary.resolve("set").toString());
    assertTrue(message.contains(features + " where a cache has files of its own"), message);
    assertEquals(List.of("features"), List.of(temporary.resolve("set").toFile().list()));

    java.nio.file.Path runs = Files.createDirectories(temporary.resolve("experiment/runs"));
    Files.writeString(runs.resolve("exp.json"), "{\"lr\": 0.1}");
    message = refused(temporary.resolve("experiment").toString());
    assertTrue(message.contains(runs + " where a cache has files of its own"), message);

    Files.writeString(
        Files.createDirectories(temporary.resolve("videos")).resolve("a.mp4"), "not a table");
    require(temporary.resolve("videos").toString());
  }

  @LeavesUnsoundTables("their outcomes are of no run")
  @Test
  void prepare_columnOfAnotherTypeThanInTheTable_isRefused() throws IOException {
    Path output = new Path(temporary.resolve("cache").toUri());
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output)) {
      for (String column : List.of("score", "label")) {
        WaveCommit wave = writer.nextWave();
        List<String> ids = List.of(column);
        wave.stage(
            CacheTable.TOKENS,
            CacheRows.tokens(ids, CacheRows.HALF).withColumn(column, functions.lit(1L)));
        wave.stage(CacheTable.OUTCOMES, CacheRows.outcomes("r", ids));
        wave.commit();
      }
      List<CacheTable> tables = List.of(CacheTable.TOKENS);
      for (String column : List.of("score", "label")) {
        writer.prepare(tables, new StructType().add(column, DataTypes.LongType));
        TableSettingsException error =
            assertThrows(
                TableSettingsException.class,
                () ->
                    writer.prepare(
                        tables,
                        new StructType()
                            .add("other", DataTypes.StringType)
                            .add(column, DataTypes.DoubleType)));
        assertTrue(
            error.getMessage().startsWith("column " + column + " is bigint in "),
            error.getMessage());
        assertTrue(
            error
                .getMessage()
                .endsWith("and double in the input: rename it there, or give it the table's type"),
            error.getMessage());
      }
      writer.prepare(tables, new StructType().add("other", DataTypes.StringType));
      writer.prepare(tables, new StructType());
    }
  }

  private static String refused(String output) {
    return assertThrows(TableSettingsException.class, () -> require(output)).getMessage();
  }

  private static void require(String output) throws IOException {
    TokenCacheWriter.requireTable(SPARK, new Path("file:" + output), null);
    assertFalse(Files.exists(java.nio.file.Path.of(output, "_schema-1")));
  }
}

package io.tokenreel.cache.lookup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheRows;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.cache.commit.WaveCommit;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Caches whose files others have touched: an index that is gone, files that are no tables'. */
class TouchedCacheTest {

  private static final SparkSession SPARK = CacheRows.spark();

  @TempDir private java.nio.file.Path temporary;

  /** As a reader's message tells a user to do, who does not know of the writer. */
  @Test
  void commit_indexDeletedWhileAWriterIsOpen_indexesAllWaves() throws IOException {
    Path output = output("deleted");
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output)) {
      for (int first = 0; first < 6; first += 2) {
        WaveCommit wave = writer.nextWave();
        wave.stage(
            CacheTable.TOKENS, CacheRows.tokens(CacheRows.ids(first, first + 2), CacheRows.HALF));
        if (first == 2) {
          output.getFileSystem(new Configuration()).delete(new Path(output, "_index"), true);
        }
        wave.commit();
      }
    }
    TokenCache cache = TokenCache.open(new Configuration(), output);
    for (String id : CacheRows.ids(0, 6)) {
      assertEquals(1, cache.lookup(id).size(), id);
    }
  }

  /** As builds before left it, which then indexed the last wave alone. */
  @Test
  void open_indexThatLacksTheFirstWaves_isMadeAgain() throws IOException {
    Path output = output("lacking");
    CacheRows.commit(output, CacheRows.tokens(CacheRows.ids(0, 2), CacheRows.HALF));
    CacheRows.commit(output, CacheRows.tokens(CacheRows.ids(2, 4), CacheRows.HALF));
    FileSystem fs = output.getFileSystem(new Configuration());
    fs.delete(new Path(output, "_index"), true);
    renameAll(fs, output, "000001-", ".000001-");
    TokenCacheWriter.open(SPARK, output).close(); // indexes the second wave
    renameAll(fs, output, ".000001-", "000001-");
    assertEquals(0, TokenCache.open(new Configuration(), output).lookup("clips/00000.mp4").size());
    TokenCacheWriter.open(SPARK, output).close();
    for (String id : CacheRows.ids(0, 4)) {
      assertEquals(1, TokenCache.open(new Configuration(), output).lookup(id).size(), id);
    }
  }

  private static void renameAll(FileSystem fs, Path output, String from, String to)
      throws IOException {
    for (String table : List.of("tokens", "contents")) {
      for (FileStatus file : fs.listStatus(new Path(output, table))) {
        String name = file.getPath().getName();
        if (name.startsWith(from)) {
          Path renamed = new Path(file.getPath().getParent(), to + name.substring(from.length()));
          assertTrue(fs.rename(file.getPath(), renamed), name);
        }
      }
    }
  }

  /**
   * What a copy by another tool brings: checksums of Hadoop's local file system, Finder's notes.
   */
  @Test
  void open_hiddenFilesBesideTheTables_arePassedOver() throws IOException {
    Path output = output("hidden");
    CacheRows.commit(output, CacheRows.tokens(CacheRows.ids(0, 2), CacheRows.HALF));
    Files.writeString(temporary.resolve("hidden/tokens/.DS_Store"), "notes");
    Files.writeString(temporary.resolve("hidden/tokens/_notes"), "notes");
    CacheRows.commit(output, CacheRows.tokens(CacheRows.ids(2, 4), CacheRows.HALF));
    output.getFileSystem(new Configuration()).delete(new Path(output, "_index"), true);
    TokenCacheWriter.open(SPARK, output).close();
    assertEquals(1, TokenCache.open(new Configuration(), output).lookup("clips/00000.mp4").size());
  }

  @Test
  void lookup_rowsOfASessionThatWritesLegacyLists_areRead() throws IOException {
    Path output = output("legacy");
    SPARK.conf().set("spark.sql.parquet.writeLegacyFormat", "true");
    try {
      CacheRows.commit(output, CacheRows.tokens(CacheRows.ids(0, 2), CacheRows.HALF));
    } finally {
      SPARK.conf().unset("spark.sql.parquet.writeLegacyFormat");
    }
    assertEquals(1, TokenCache.open(new Configuration(), output).lookup("clips/00000.mp4").size());
  }

  private Path output(String name) {
    return new Path(temporary.resolve(name).toUri());
  }
}

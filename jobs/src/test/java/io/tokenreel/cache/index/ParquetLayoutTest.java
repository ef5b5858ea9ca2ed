package io.tokenreel.cache.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheRows;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.cache.commit.WaveCommit;
import io.tokenreel.testing.LeavesUnsoundTables;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the files' own metadata say about the layout. */
class ParquetLayoutTest {

  @TempDir java.nio.file.Path temporary;

  private ParquetFileReader written(CacheTable table, Dataset<Row> rows) throws IOException {
    Path output = new Path(temporary.resolve("cache").toUri());
    try (TokenCacheWriter writer = TokenCacheWriter.open(CacheRows.spark(), output)) {
      WaveCommit wave = writer.nextWave();
      wave.stage(table, rows.coalesce(1));
      wave.commit();
    }
    Configuration conf = new Configuration();
    List<Path> files =
        CacheFiles.list(FileSystem.getLocal(conf), new Path(output, table.folder())).stream()
            .map(status -> status.getPath())
            .toList();
    assertEquals(1, files.size(), files.toString());
    return ParquetFileReader.open(HadoopInputFile.fromPath(files.get(0), conf));
  }

  private static ColumnChunkMetaData column(BlockMetaData block, String name) {
    return block.getColumns().stream()
        .filter(column -> column.getPath().toDotString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @LeavesUnsoundTables("their bytes are not those of their tokens")
  @Test
  void tokens_cellsOfFortyKilobytes_areRowGroupsOfTheirOwnWithoutDictionaryOrStatistics()
      throws IOException {
    Dataset<Row> rows =
        CacheRows.tokens(CacheRows.ids(0, 40), CacheRows.HALF)
            .withColumn("tokens", functions.expr("cast(repeat(randstr(40000, 1), 1) as binary)"));
    try (ParquetFileReader reader = written(CacheTable.TOKENS, rows)) {
      assertEquals(40, reader.getRowGroups().size());
      String before = "";
      for (BlockMetaData block : reader.getRowGroups()) {
        ColumnChunkMetaData tokens = column(block, "tokens");
        ColumnChunkMetaData id = column(block, "video_id");
        assertFalse(tokens.hasDictionaryPage());
        assertFalse(tokens.getStatistics().hasNonNullValue());
        assertEquals(CompressionCodecName.ZSTD, tokens.getCodec());
        assertTrue(id.getStatistics().hasNonNullValue());
        String first = ((Binary) id.getStatistics().genericGetMin()).toStringUsingUTF8();
        assertTrue(before.compareTo(first) < 0, before + " before " + first);
        before = first;
        assertNotNull(reader.readBloomFilter(id));
      }
      assertTrue(
          reader
              .readBloomFilter(column(reader.getRowGroups().get(0), "video_id"))
              .findHash(Slot.hashOf("clips/00000.mp4")));
      LogicalTypeAnnotation created =
          reader.getFileMetaData().getSchema().getType("created_at").getLogicalTypeAnnotation();
      assertEquals("TIMESTAMP(MICROS,true)", created.toString());
    }
  }

  @Test
  void features_blobs_haveNeitherDictionaryNorStatistics() throws IOException {
    try (ParquetFileReader reader =
        written(CacheTable.FEATURES, CacheRows.features(CacheRows.ids(0, 3)))) {
      for (String blob : List.of("block.data", "separator_rows", "scales")) {
        ColumnChunkMetaData column = column(reader.getRowGroups().get(0), blob);
        assertFalse(column.hasDictionaryPage(), blob);
        assertFalse(column.getStatistics().hasNonNullValue(), blob);
      }
    }
  }

  @Test
  @SuppressWarnings("deprecation") // what older writers call a dictionary
  void selections_smallRows_shareARowGroupWithABloomFilter() throws IOException {
    try (ParquetFileReader reader =
        written(CacheTable.SELECTIONS, CacheRows.selections(CacheRows.ids(0, 300)))) {
      assertEquals(1, reader.getRowGroups().size());
      BlockMetaData block = reader.getRowGroups().get(0);
      assertNotNull(reader.readBloomFilter(column(block, "video_id")));
      Set<Encoding> encodings = column(block, "token_index.list.element").getEncodings();
      assertFalse(encodings.contains(Encoding.PLAIN_DICTIONARY), encodings.toString());
      assertTrue(column(block, "encoder").hasDictionaryPage());
    }
  }
}

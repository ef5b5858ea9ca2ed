package io.tokenreel.cache.index;

import io.tokenreel.cache.CacheKey;
import io.tokenreel.files.TaskConfiguration;
import io.tokenreel.files.UserPath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.spark.api.java.function.FlatMapFunction;

/**
 * Finds the rows of a committed file of {@code tokens/}, as a function that Spark runs per file: it
 * reads the footer and the key columns, and no blob.
 */
final class RowScan implements FlatMapFunction<String, RowLocation> {

  private static final long serialVersionUID = 1;

  private static final List<String> COLUMNS =
      Stream.concat(CacheKey.COLUMNS.stream(), Stream.of("created_at")).toList();

  private final TaskConfiguration configuration;

  RowScan(TaskConfiguration configuration) {
    this.configuration = configuration;
  }

  @Override
  public Iterator<RowLocation> call(String file) throws IOException {
    Path path = UserPath.of(file);
    Configuration conf = configuration.value();
    List<RowLocation> rows = new ArrayList<>();
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(path, conf), HadoopReadOptions.builder(conf).build())) {
      MessageType schema = reader.getFileMetaData().getSchema();
      MessageType keys =
          new MessageType(
              schema.getName(), COLUMNS.stream().map(schema::getType).toArray(Type[]::new));
      reader.setRequestedSchema(keys);
      for (BlockMetaData block : reader.getRowGroups()) {
        byte[] footer = footerOf(reader.getFooter(), block);
        PageReadStore pages = reader.readNextRowGroup();
        RecordReader<Group> records =
            new ColumnIOFactory()
                .getColumnIO(keys)
                .getRecordReader(pages, new GroupRecordConverter(keys));
        for (int ordinal = 0; ordinal < block.getRowCount(); ordinal++) {
          rows.add(locate(records.read(), path, block, ordinal, footer));
        }
      }
    }
    return rows.iterator();
  }

  private static RowLocation locate(
      Group keys, Path file, BlockMetaData block, int ordinal, byte[] footer) throws IOException {
    return new RowLocation(
        CacheKey.of(column -> keys.getString(column, 0)),
        keys.getLong("created_at", 0),
        file.getName(),
        block.getStartingPos(),
        lengthOf(file, block),
        ordinal,
        footer);
  }

  /** Bytes of a row group, which must be one contiguous range that fits an array. */
  private static int lengthOf(Path file, BlockMetaData block) throws IOException {
    long end = block.getStartingPos();
    for (ColumnChunkMetaData column :
        block.getColumns().stream()
            .sorted(Comparator.comparingLong(ColumnChunkMetaData::getStartingPos))
            .toList()) {
      if (column.getStartingPos() != end) {
        throw new IOException(
            "a row group of %s has a gap at byte %d; it was not written by this program"
                .formatted(file, end));
      }
      end += column.getTotalSize();
    }
    long length = end - block.getStartingPos();
    if (length > Integer.MAX_VALUE - 8) {
      throw new IOException(
          "a row group of %s has %d bytes; at most 2 GB can be looked up".formatted(file, length));
    }
    return (int) length;
  }

  /** A footer that describes one row group, without statistics and whatever decoding needs not. */
  private static byte[] footerOf(ParquetMetadata file, BlockMetaData block) throws IOException {
    FileMetaData footer =
        new ParquetMetadataConverter()
            .toParquetMetadata(1, new ParquetMetadata(file.getFileMetaData(), List.of(block)));
    footer.unsetKey_value_metadata();
    for (ColumnChunk chunk : footer.getRow_groups().get(0).getColumns()) {
      chunk.unsetColumn_index_offset();
      chunk.unsetColumn_index_length();
      chunk.unsetOffset_index_offset();
      chunk.unsetOffset_index_length();
      ColumnMetaData column = chunk.getMeta_data();
      column.unsetStatistics();
      column.unsetSize_statistics();
      column.unsetEncoding_stats();
      column.unsetBloom_filter_offset();
      column.unsetBloom_filter_length();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Util.writeFileMetaData(footer, bytes);
    return bytes.toByteArray();
  }
}

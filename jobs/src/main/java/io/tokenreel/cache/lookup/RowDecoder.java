package io.tokenreel.cache.lookup;

import io.tokenreel.cache.CacheKey;
import io.tokenreel.cache.CacheSchema;
import io.tokenreel.model.SourceTimes;
import io.tokenreel.token.FeedLayout;
import io.tokenreel.token.StoredRows;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.video.SourceInfo;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveStringifier;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;

/** Decodes one row of {@code tokens/} with Parquet's own reader. */
final class RowDecoder {

  private RowDecoder() {}

  /** Decodes the row at {@code ordinal} of the file's only row group. */
  static CachedTokens decode(Configuration conf, InputFile rowGroup, int ordinal)
      throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(rowGroup, HadoopReadOptions.builder(conf).build())) {
      MessageType schema = reader.getFileMetaData().getSchema();
      PageReadStore pages = reader.readNextRowGroup();
      RecordReader<Group> records =
          new ColumnIOFactory()
              .getColumnIO(schema)
              .getRecordReader(pages, new GroupRecordConverter(schema));
      Group row = records.read();
      for (int i = 0; i < ordinal; i++) {
        row = records.read();
      }
      return tokensOf(row);
    }
  }

  private static CachedTokens tokensOf(Group row) {
    Group seconds = row.getGroup("frame_seconds", 0);
    double[] frameSeconds = new double[seconds.getFieldRepetitionCount("list")];
    Arrays.setAll(frameSeconds, i -> seconds.getGroup("list", i).getDouble("element", 0));
    return new CachedTokens(
        CacheKey.of(column -> row.getString(column, 0)),
        row.getString("video_uri", 0),
        row.getInteger("frames", 0),
        row.getInteger("grid_height", 0),
        row.getInteger("grid_width", 0),
        row.getInteger("tokens_per_frame", 0),
        row.getInteger("dim", 0),
        TokenFormat.of(row.getString("dtype", 0)),
        row.getInteger("token_count", 0),
        integers(row.getGroup("token_index", 0)),
        row.getBinary("tokens", 0).getBytes(),
        frameSeconds,
        row.getString("outcome", 0),
        row.getString("writer_version", 0),
        Instant.EPOCH.plus(row.getLong("created_at", 0), ChronoUnit.MICROS),
        has(row, "planes") ? row.getInteger("planes", 0) : 1,
        has(row, "layout")
            ? Optional.of(FeedLayout.Kind.of(row.getString("layout", 0)))
            : Optional.empty(),
        times(row),
        has(row, "scales") ? row.getBinary("scales", 0).getBytes() : StoredRows.NO_SCALES,
        passthrough(row));
  }

  private static Optional<SourceTimes> times(Group row) {
    return has(row, "source_rate")
        ? Optional.of(
            new SourceTimes(
                new SourceInfo(row.getInteger("source_frames", 0), row.getDouble("source_rate", 0)),
                integers(row.getGroup("frame_index", 0))))
        : Optional.empty();
  }

  private static boolean has(Group row, String column) {
    return row.getType().containsField(column) && row.getFieldRepetitionCount(column) > 0;
  }

  private static int[] integers(Group list) {
    int[] values = new int[list.getFieldRepetitionCount("list")];
    Arrays.setAll(values, i -> list.getGroup("list", i).getInteger("element", 0));
    return values;
  }

  /** A value as its logical type has it: a decimal with its point, a date, a time in UTC. */
  private static String text(Group row, PrimitiveType column) {
    String name = column.getName();
    PrimitiveStringifier print = column.stringifier();
    return switch (column.getPrimitiveTypeName()) {
      case INT32 -> print.stringify(row.getInteger(name, 0));
      case INT64 -> print.stringify(row.getLong(name, 0));
      case FLOAT -> print.stringify(row.getFloat(name, 0));
      case DOUBLE -> print.stringify(row.getDouble(name, 0));
      case BOOLEAN -> print.stringify(row.getBoolean(name, 0));
      case INT96 -> print.stringify(row.getInt96(name, 0));
      case BINARY, FIXED_LEN_BYTE_ARRAY -> print.stringify(row.getBinary(name, 0));
    };
  }

  private static Map<String, String> passthrough(Group row) {
    List<String> fixed = List.of(CacheSchema.TOKENS.fieldNames());
    Map<String, String> values = new TreeMap<>();
    for (Type column : row.getType().getFields()) {
      String name = column.getName();
      if (!fixed.contains(name) && column.isPrimitive() && row.getFieldRepetitionCount(name) > 0) {
        values.put(name, text(row, column.asPrimitiveType()));
      }
    }
    return values;
  }
}

package io.tokenreel.cache.store;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.TableSettingsException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A manifest's own columns in the files of a table. Each file has those of its run, and a column
 * that several have must be of one type: no reader merges a number with a text.
 */
final class OwnColumns {

  /** Where Spark says of a file what its columns are. */
  private static final String SPARK_SCHEMA = "org.apache.spark.sql.parquet.row.metadata";

  /** Each is a footer to read, before every run. */
  private static final int MOST_WAVES = 64;

  private final CacheFiles files;
  private final Path folder;

  /**
   * @param folder of the table
   */
  OwnColumns(CacheFiles files, Path folder) {
    this.files = files;
    this.folder = folder;
  }

  /**
   * Looks at a file of each of the latest waves, the last first, until each column was found; of a
   * column that none of so many has, another type may be in older ones.
   *
   * @param columns of the input
   * @throws TableSettingsException when one has another type in the table
   */
  void requireTypes(StructType columns) throws IOException {
    List<StructField> sought = new ArrayList<>(Arrays.asList(columns.fields()));
    List<FileStatus> all = sought.isEmpty() ? List.of() : files.listTable(folder);
    long read = Long.MAX_VALUE;
    int waves = 0;
    for (int i = all.size() - 1; i >= 0 && waves < MOST_WAVES && !sought.isEmpty(); i--) {
      Path file = all.get(i).getPath();
      if (CacheLayout.waveOf(file) < read) {
        read = CacheLayout.waveOf(file);
        waves++;
        for (StructField there : schema(file).fields()) {
          Optional<StructField> asked =
              sought.stream()
                  .filter(column -> column.name().equalsIgnoreCase(there.name()))
                  .findFirst();
          if (asked.isPresent()) {
            requireType(asked.get(), there.dataType());
            sought.remove(asked.get());
          }
        }
      }
    }
  }

  private void requireType(StructField asked, DataType there) throws TableSettingsException {
    if (!there.sameType(asked.dataType())) {
      throw new TableSettingsException(
          "column %s is %s in %s, and %s in the input: rename it there, or give it the table's type"
              .formatted(
                  asked.name(), there.catalogString(), folder, asked.dataType().catalogString()));
    }
  }

  private StructType schema(Path file) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(file, files.fileSystem().getConf()))) {
      String json = reader.getFooter().getFileMetaData().getKeyValueMetaData().get(SPARK_SCHEMA);
      return json == null ? new StructType() : (StructType) DataType.fromJson(json);
    }
  }
}

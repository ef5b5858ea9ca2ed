package io.tokenreel.cache.index;

import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.VideoContent;
import io.tokenreel.files.TaskConfiguration;
import io.tokenreel.files.UserPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.spark.api.java.function.FlatMapFunction;

/**
 * Finds what a committed file of {@code contents/} says of its own wave, as a function that Spark
 * runs per file. Rows of earlier waves, which a cache of an older version has got, are in those
 * waves' records.
 */
final class ContentScan implements FlatMapFunction<String, IndexRecord> {

  private static final long serialVersionUID = 1;

  private final TaskConfiguration configuration;

  ContentScan(TaskConfiguration configuration) {
    this.configuration = configuration;
  }

  /** Records without rows. */
  @Override
  public Iterator<IndexRecord> call(String file) throws IOException {
    Path path = UserPath.of(file);
    long wave = CacheLayout.waveOf(path);
    List<IndexRecord> records = new ArrayList<>();
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), path)
            .withConf(configuration.value())
            .build()) {
      for (Group row = reader.read(); row != null; row = reader.read()) {
        Group content = row;
        if (row.getLong("wave", 0) == wave) {
          records.add(
              new IndexRecord(VideoContent.of(column -> content.getString(column, 0)), List.of()));
        }
      }
    }
    return records.iterator();
  }
}

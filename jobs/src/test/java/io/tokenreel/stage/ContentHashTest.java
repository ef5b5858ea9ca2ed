package io.tokenreel.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.tokenreel.sql.LocalSpark;
import io.tokenreel.video.HostileFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ContentHashTest {

  @TempDir private Path folder;

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void append_rowsThatCannotBeRead_haveNoDigestAndSpareTheOthers() throws IOException {
    SparkSession spark = LocalSpark.plain();
    spark
        .sparkContext()
        .hadoopConfiguration()
        .set("fs.hostile.impl", HostileFileSystem.class.getName());
    Path sound = Files.writeString(folder.resolve("abc"), "abc");
    List<Row> rows =
        Stream.of(
                "hostile://unknown/v.mp4",
                "hostile://break/v.mp4",
                "hostile://hang-open/v.mp4",
                "hostile://hang-read/v.mp4",
                "no scheme: v.mp4",
                "/no/such/file.mp4",
                sound.toString())
            .map(uri -> RowFactory.create("of " + uri, uri, null))
            .toList();
    Dataset<Row> videos =
        spark
            .createDataFrame(
                rows,
                new StructType()
                    .add("video_id", DataTypes.StringType)
                    .add("video_uri", DataTypes.StringType)
                    .add("video_bytes", DataTypes.LongType))
            .coalesce(1);
    List<Row> hashed = ContentHash.append(videos, Duration.ofSeconds(2)).collectAsList();
    int last = rows.size() - 1;
    for (Row unreadable : hashed.subList(0, last)) {
      assertNull(unreadable.get(3), unreadable.getString(0));
    }
    assertEquals(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        hashed.get(last).getString(3));
  }
}

package io.tokenreel.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.sql.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparkFilesTest {

  private static final String AWKWARD = "[1] {a,b} 12:30 #?*%20\\";

  private final SparkSession spark = LocalSpark.plain();

  @TempDir java.nio.file.Path folder;

  private Path awkward(String name, String content) throws IOException {
    java.nio.file.Path file = folder.resolve(AWKWARD).resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    return UserPath.of(file.toString());
  }

  @Test
  void parquet_folderWithAwkwardName_isReadAsItWasWritten() {
    Path table = UserPath.of(folder.resolve(AWKWARD).resolve("t").toString());
    spark.range(3).write().parquet(table.toString());
    assertEquals(3, SparkFiles.of(spark).parquet(table).count());
    assertEquals(3, SparkFiles.of(spark).schema(spark.range(1).schema()).parquet(table).count());
  }

  @ParameterizedTest
  @ValueSource(strings = {"list [1].jsonl", "2024-01-01T12:30:00.jsonl", "a:b.jsonl", "%20*.jsonl"})
  void json_fileWithAwkwardName_isRead(String name) throws IOException {
    assertEquals(
        7L, SparkFiles.of(spark).json(awkward(name, "{\"x\": 7}")).first().<Long>getAs("x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"_list.csv", ".list.csv"})
  void csv_fileThatSparkHides_isRefused(String name) throws IOException {
    Path file = awkward(name, "x");
    UnusablePathException e =
        assertThrows(UnusablePathException.class, () -> SparkFiles.of(spark).csv(file));
    assertTrue(e.getMessage().contains("rename it"), e.getMessage());
  }

  @Test
  void matches_namesWithColonsAmongThem_areFoundByPatternAndByName() throws IOException {
    Path b = awkward("b.mp4", "x");
    Path colon = awkward("12:30.mp4", "x");
    awkward("c.txt", "x");
    FileSystem files = Stores.of(b, new Configuration());
    assertEquals(List.of("12:30.mp4", "b.mp4"), names(Glob.matches(files, b.getParent(), "*.mp4")));
    assertEquals(
        List.of("12:30.mp4", "b.mp4"), names(Glob.matches(files, b.getParent(), "{b,1?:[3]0}.*4")));
    assertEquals(List.of("b.mp4"), names(Glob.matches(files, b.getParent(), "b.mp4")));
    assertEquals(List.of(), names(Glob.matches(files, b.getParent(), "nothing*")));
    assertEquals(List.of("12:30.mp4"), names(Glob.nameOrMatches(files, colon)));
    String pattern = folder + "/?1*/*:30.mp4";
    assertEquals(List.of("12:30.mp4"), names(Glob.nameOrMatches(files, UserPath.of(pattern))));
  }

  private static List<String> names(List<? extends org.apache.hadoop.fs.FileStatus> found) {
    return found.stream().map(file -> file.getPath().getName()).toList();
  }

  @Test
  void localFile_nameWithColon_isWrittenAndReadWithItsChecksum() throws IOException {
    Path file = UserPath.of(folder.resolve("12:30").toString());
    FileSystem files = Stores.of(file, new Configuration());
    try (var out = files.create(file)) {
      out.write(new byte[] {1, 2, 3});
    }
    Files.write(folder.resolve("12:30"), new byte[] {1, 2, 4});
    assertThrows(
        org.apache.hadoop.fs.ChecksumException.class,
        () -> {
          try (var in = files.open(file)) {
            in.readAllBytes();
          }
        });
  }
}

package io.tokenreel.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.sql.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordFilesTest {

  private static final KnownColumns KNOWN =
      new KnownColumns(List.of("uri"), List.of("id", "uri"), List.of("note"));
  private static final String CSV = "id,uri\n1,a.mp4\n2,b.mp4\n";
  private static final String ROWS = "[1,a.mp4] [2,b.mp4]";

  private final SparkSession spark = LocalSpark.plain();
  private final RecordFiles files = new RecordFiles(spark);

  @TempDir Path folder;

  @AfterEach
  void close() {
    files.close();
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private Dataset<Row> read(Path file) throws IOException {
    return files.read(new org.apache.hadoop.fs.Path(file.toString()), KNOWN);
  }

  /** The values of all rows, sorted. */
  private String rows(Path file) throws IOException {
    return String.join(
        " ", read(file).collectAsList().stream().map(Row::toString).sorted().toList());
  }

  private String refusal(Path file) {
    return assertThrows(IllegalArgumentException.class, () -> read(file)).getMessage();
  }

  @Test
  void read_names_areFoundWhateverTheirCaseAndSpaces() throws IOException {
    Path file =
        write(
            "list.jsonl",
            "\uFEFF{\" URI\":\" a.mp4\\u00a0\",\"Id\":1,\"Note\":\" x\"} {\" URI\":\"b.mp4\",\"Id\":2.5}");
    assertEquals(List.of("uri", "id", "note"), Arrays.asList(read(file).columns()));
    assertEquals("[a.mp4,1, x] [b.mp4,2.5,null]", rows(file));
  }

  @Test
  void read_malformed_saysWhereOrNamesTheColumns() throws IOException {
    Path open = write("open.csv", "id,uri\n1,\"a\n");
    assertEquals("a quote that opens after line 1 is never closed", refusal(open));
    assertEquals(
        "it is empty; the first line must name the columns", refusal(write("none.csv", "")));
    assertEquals(
        "it must have a column uri; its columns are [videos]",
        refusal(write("wrapped.json", "{\"videos\":[{\"uri\":\"a\"}]}")));
    assertTrue(
        refusal(write("nested.json", "{\"id\":{\"x\":1},\"uri\":\"a\"}"))
            .startsWith(
                "its column id must be text, whole numbers or bytes of UTF-8; it is struct"));
    assertTrue(refusal(write("two.json", "{\"id\":1,\"Id\":2,\"uri\":\"a\"}")).contains("id"));
  }

  @Test
  void read_folder_isReadFileByFile() throws IOException {
    write("list.csv/part-0.csv", "id,uri\n1,a.mp4\n");
    write("list.csv/part-1.csv", "");
    write("list.csv/_SUCCESS", "x");
    Path list = write("list.csv/part-2.csv", "id,uri\n2,b.mp4\n").getParent();
    assertEquals(ROWS, rows(list));
    write("list.csv/part-3.csv", "uri,id\nc.mp4,3\n");
    assertTrue(refusal(list).contains("different headers: "), refusal(list));
  }

  @Test
  void read_parquetWithNanoseconds_hasThemAsTimestampsWhereNoDigitIsLost() throws IOException {
    Path resources = Path.of("jobs/src/test/resources/input").toAbsolutePath();
    Dataset<Row> rows = read(resources.resolve("nanoseconds.parquet"));
    assertEquals(
        List.of("string", "string", "timestamp_ntz", "timestamp"),
        Arrays.stream(rows.schema().fields()).map(field -> field.dataType().typeName()).toList());
    assertEquals(
        "[2023-11-14 22:13:20.123456 1969-12-31 23:59:59.999999] [null 2023-11-14 22:13:20.123456]",
        String.join(
            " ",
            rows
                .orderBy("id")
                .selectExpr("cast(`local time` as string)", "cast(utc as string)")
                .collectAsList()
                .stream()
                .map(row -> "[%s %s]".formatted(row.get(0), row.get(1)))
                .toList()));
    assertEquals("false", spark.conf().get("spark.sql.legacy.parquet.nanosAsLong"));
    assertTrue(
        refusal(resources.resolve("finer.parquet"))
            .contains("its column local time has 1 times that are finer than a microsecond"));
  }

  @Test
  void named_ids_areTextsWholeNumbersOrUtf8() {
    for (String id : List.of("7L", "cast(7 as decimal(20,0))", "' 7 '", "cast('7' as binary)")) {
      Dataset<Row> rows = spark.sql("SELECT " + id + " AS ID, 'a' AS uri");
      assertEquals("[7,a]", KNOWN.named(rows).first().toString(), id);
    }
    for (String id : List.of("7.0D", "true", "array(7)", "X'ff'")) {
      Dataset<Row> rows = spark.sql("SELECT " + id + " AS ID, 'a' AS uri");
      String said =
          assertThrows(IllegalArgumentException.class, () -> KNOWN.named(rows)).getMessage();
      assertTrue(said.contains("UTF-8"), said);
    }
  }

  @Test
  void read_pathWithPatternCharacters_isTakenAsItStands() throws IOException {
    assertEquals(ROWS, rows(write("list [1]{2}.csv", CSV)));
    Path parquet = folder.resolve("list [1].parquet");
    spark.sql("SELECT 1L AS id, 'a' AS uri").write().parquet(parquet.toString());
    assertEquals("[1,a]", rows(parquet));
  }

  @Test
  void read_notParquet_isRefused() throws IOException {
    Path file = write("list.parquet", "not parquet");
    assertTrue(refusal(file).contains("list.parquet is not Parquet, or is damaged"), refusal(file));
  }

  @Test
  void of_name_knowsEndingsWhateverTheirCase() {
    assertEquals(RecordFormat.JSON, RecordFormat.of("a.b.NDJSON.gz").orElseThrow());
    assertEquals(RecordFormat.TSV, RecordFormat.of("x.tsv").orElseThrow());
    for (String other : List.of("a.parquet.gz", "a.xlsx", "csv.mp4", "a.gz", "list.csv.zip")) {
      assertTrue(RecordFormat.of(other).isEmpty(), other);
    }
  }
}

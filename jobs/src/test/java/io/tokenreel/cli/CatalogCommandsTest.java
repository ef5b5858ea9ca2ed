package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.store.CatalogSpark;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.cache.store.TableName;
import io.tokenreel.testing.JobTests;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command line with tables in real catalogs. */
@Tag("slow")
class CatalogCommandsTest {

  private static final SparkSession SPARK = CatalogSpark.session();

  /** What differs between two runs over the same videos. */
  private static final String[] OF_THE_RUN = {
    "run_id", "created_at", "decode_ms", "encode_ms", "compress_ms", "prefill_ms"
  };

  @TempDir static Path shared;
  @TempDir Path folder;

  private record Ended(int status, String out, String err) {}

  private static Ended tokenreel(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = TokenReel.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    int status = CatalogSpark.inSession(() -> TokenReel.execute(line, arguments));
    return new Ended(status, out.toString(), err.toString());
  }

  private static Ended precompute(Path output, String... more) throws IOException {
    Path manifest = shared.resolve("manifest.jsonl");
    Files.write(
        manifest,
        Stream.of("hevc.mp4", "turned_0.mov")
            .map(
                name ->
                    "{\"video_id\": \"%s\", \"video_uri\": \"%s\", \"topic\": \"t\"}"
                        .formatted(name, JobTests.VIDEOS.resolve(name)))
            .toList());
    Stream<String> fixed =
        Stream.of(
            "precompute",
            "--input=" + manifest,
            "--output=" + output,
            "--sampling=uniform:frames=2",
            "--compression=none",
            "--compression=vidcom2:retention=0.5",
            "--keep-features",
            "--json");
    return tokenreel(Stream.concat(fixed, Arrays.stream(more)).toArray(String[]::new));
  }

  private static Ended answer(Path cache, Path output, String... more) throws IOException {
    Path questions = shared.resolve("questions.jsonl");
    Files.writeString(
        questions,
        """
        {"video_id":"turned_0.mov","question_id":"1","question":"What moves?","options":["a car","a hand"],"answer":"a hand"}
        """);
    Stream<String> fixed =
        Stream.of(
            "answer",
            "--cache=" + cache,
            "--questions=" + questions,
            "--output=" + output,
            "--compression=vidcom2:retention=0.5",
            "--scoring=options",
            "--json");
    return tokenreel(Stream.concat(fixed, Arrays.stream(more)).toArray(String[]::new));
  }

  /** The rows that runs without a catalog write. */
  @BeforeAll
  static void writeParquet() throws IOException {
    assertEquals(0, precompute(shared.resolve("parquet")).status());
    assertEquals(0, answer(shared.resolve("parquet"), shared.resolve("answers")).status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ice.reel.commands", "spark_catalog.reel.commands"})
  void commands_withACatalogsTables_giveTheRowsOfParquet(String table) throws IOException {
    Path cache = folder.resolve("cache");
    Ended first = precompute(cache, "--table=" + table);
    assertEquals(0, first.status(), first.err());
    assertTrue(first.err().contains("each video's outcome in " + table + "_outcomes"), first.err());
    for (CacheTable each : List.of(CacheTable.TOKENS, CacheTable.FEATURES, CacheTable.OUTCOMES)) {
      assertEquals(rows(shared.resolve("parquet"), each), rows(cache, each), each.folder());
    }
    JsonNode again = new ObjectMapper().readTree(precompute(cache, "--table=" + table).out());
    assertEquals(2, again.get("already_committed").asInt(), again.toString());
    assertEquals(4, rows(cache, CacheTable.TOKENS).size());

    assertEquals(
        0,
        tokenreel(
                "compress",
                "--features=" + cache,
                "--output=" + cache,
                "--table=" + table,
                "--compression=uniform:retention=0.5")
            .status());
    assertEquals(2, rows(cache, CacheTable.SELECTIONS).size());
    Ended found = inspect("--video-id=turned_0.mov", "--json", "--compression=none");
    JsonNode row = new ObjectMapper().readTree(found.out()).get("rows").get(0);
    assertEquals("turned_0.mov", row.get("video_id").asText(), found.out());
    Path export = folder.resolve("tokens.safetensors");
    assertEquals(
        0, inspect("--video-id=turned_0.mov", "--compression=none", "--export=" + export).status());
    assertTrue(Files.size(export) > row.get("token_count").asInt());
    assertTrue(inspect().out().contains("uniform:retention=0.5"));
    assertEquals(2, inspect("--video-id=absent").status());

    Path answers = folder.resolve("answers");
    assertEquals(0, answer(cache, answers, "--table=" + table + "_said").status());
    assertEquals(
        rows(shared.resolve("answers"), CacheTable.ANSWERS), rows(answers, CacheTable.ANSWERS));

    Ended sound = tokenreel("verify", "--cache=" + cache);
    assertEquals(0, sound.status(), sound.out());
    assertTrue(sound.out().contains("not checked: files and lookup of the tables " + table));
    String tokens = TableName.parse(table).of(CacheTable.TOKENS);
    SPARK.sql("INSERT INTO %s SELECT * FROM %s LIMIT 1".formatted(tokens, tokens));
    Path parquet = shared.resolve("parquet");
    Ended damaged = tokenreel("verify", "--cache", cache.toString(), parquet.toString());
    assertEquals(1, damaged.status());
    assertTrue(damaged.out().contains(cache + ": tokens.key: expected"), damaged.out());
    assertTrue(damaged.out().contains(parquet + ": everything holds"), damaged.out());
  }

  private Ended inspect(String... more) {
    return tokenreel(
        Stream.concat(Stream.of("inspect", "--cache=" + folder.resolve("cache")), Stream.of(more))
            .toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nowhere.reel.commands", "ice.reel"})
  void precompute_tablesThatCannotBe_exitsWithTwoBeforeAnyWork(String table) throws IOException {
    Ended refused = precompute(folder.resolve("cache"), "--table=" + table);
    assertEquals(2, refused.status(), refused.err());
    assertTrue(refused.err().contains("CATALOG.DB.NAME") || refused.err().contains("for Iceberg:"));
    assertTrue(Files.notExists(folder.resolve("cache")));
  }

  /** A table's rows in an order of their own. */
  private static List<Row> rows(Path output, CacheTable table) throws IOException {
    var path = new org.apache.hadoop.fs.Path(output.toUri());
    Dataset<Row> rows =
        CommittedRows.withPassthrough(SPARK, path, table).drop(OF_THE_RUN).orderBy("video_id");
    return (List.of(rows.columns()).contains("compression")
            ? rows.orderBy("video_id", "compression")
            : rows)
        .collectAsList();
  }
}

package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.testing.JobTests;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A cache that version 0.1.0 wrote, of which a video changed and changed back. */
@Tag("slow")
class OldCacheTest {

  private static final SparkSession SPARK = LocalSpark.plain();
  private static final Path OLD = JobTests.ROOT.resolve("jobs/src/test/resources/old-cache");
  private static final String FIRST = "one.mp4";

  @TempDir Path folder;

  @BeforeEach
  void copy() throws IOException {
    FileUtils.copyDirectory(OLD.toFile(), folder.toFile());
  }

  private record Ended(int status, String out, String err) {}

  private Ended tokenreel(String command, String... more) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = TokenReel.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    String[] arguments =
        Stream.concat(Stream.of(command), Arrays.stream(more)).toArray(String[]::new);
    return new Ended(TokenReel.execute(line, arguments), out.toString(), err.toString());
  }

  private JsonNode json(String command, String... more) throws IOException {
    Ended ended = tokenreel(command, more);
    assertEquals(0, ended.status(), ended.err());
    return new ObjectMapper().readTree(ended.out());
  }

  private String cache() {
    return folder.resolve("cache").toString();
  }

  /** Digest of the bytes that the first video has now. */
  private String content() throws IOException {
    JsonNode rows =
        json("inspect", "--cache=" + cache(), "--video-id=" + FIRST, "--json").get("rows");
    assertTrue(rows.size() >= 2, rows.toString());
    String content = rows.get(0).get("content_sha256").asText();
    rows.forEach(row -> assertEquals(content, row.get("content_sha256").asText()));
    return content;
  }

  private long rows(CacheTable table) throws IOException {
    return CommittedRows.of(SPARK, new org.apache.hadoop.fs.Path(cache()), table).count();
  }

  @Test
  void forget_cacheThatAnotherWrites_isRefusedInALine() throws IOException {
    Path lock = folder.resolve("cache/_lock");
    Files.writeString(
        lock,
        "{'token':'t','host':'another-host','pid':1,'processStart':'','since':'2026'}"
            .replace('\'', '"'));
    Ended refused = tokenreel("forget", "--cache=" + cache(), "--video-id=" + FIRST);
    assertEquals(2, refused.status(), refused.err());
    assertTrue(
        refused.err().contains("is being written by process 1 on another-host"), refused.err());
    assertFalse(refused.err().contains("\tat "), refused.err());
    Files.delete(lock);
  }

  @Test
  void commands_onACacheOfAnOlderVersion_readItAndDoNoWorkTwice() throws IOException {
    assertEquals("everything holds", told(tokenreel("verify", "--cache=" + cache())));
    JsonNode held = json("inspect", "--cache=" + cache(), "--json").get("tokens");
    assertEquals(2, superseded(held), held.toString());
    long tokens = rows(CacheTable.TOKENS);

    JsonNode again = precompute();
    assertEquals(2, again.get("already_committed").asInt(), again.toString());
    assertFalse(
        Files.exists(folder.resolve("cache/_encoders")), "no row has the tower's name of now");
    assertEquals(tokens, rows(CacheTable.TOKENS));
    assertEquals(3, rows(CacheTable.CONTENTS), "of two videos, and one that has changed back");
    assertEquals(shaOf(folder.resolve("videos").resolve(FIRST)), content());
    JsonNode compressed =
        json(
            "compress",
            "--features=" + cache(),
            "--output=" + cache(),
            "--compression=uniform:retention=0.5",
            "--json");
    assertEquals(2, compressed.get("runs").get(0).get("videos").asInt(), compressed.toString());
    assertEquals("everything holds", told(tokenreel("verify", "--cache=" + cache())));

    JsonNode vacuumed = json("vacuum", "--cache=" + cache(), "--superseded", "--json");
    assertTrue(vacuumed.get("freed_bytes").asLong() > 0, vacuumed.toString());
    assertEquals(3, vacuumed.get("rows").get("tokens").asInt(), vacuumed.toString());
    assertEquals(0, superseded(json("inspect", "--cache=" + cache(), "--json").get("tokens")));
    forgetAndComeAgain();
  }

  private void forgetAndComeAgain() throws IOException {
    Ended would = tokenreel("forget", "--cache=" + cache(), "--video-id=" + FIRST, "--dry-run");
    assertEquals(0, would.status(), would.err());
    assertTrue(would.out().contains("tokens: 3 rows would be removed"), would.out());
    assertEquals(6, rows(CacheTable.TOKENS));
    Path ids = Files.writeString(folder.resolve("ids.txt"), FIRST + "\n\nabsent.mp4\n");
    Ended forgotten = tokenreel("forget", "--cache=" + cache(), "--ids=" + ids);
    assertEquals(3, forgotten.status(), forgotten.err());
    assertTrue(forgotten.out().contains("unknown videos: absent.mp4"), forgotten.out());
    assertEquals(0, rows(CacheTable.ANSWERS));
    assertEquals(3, rows(CacheTable.TOKENS));
    assertEquals(2, tokenreel("inspect", "--cache=" + cache(), "--video-id=" + FIRST).status());

    JsonNode again = precompute();
    assertEquals(1, again.get("videos").asInt(), again.toString());
    assertEquals(1, again.get("forgotten").asInt(), again.toString());
    Ended lifted = tokenreel("forget", "--cache=" + cache(), "--video-id=" + FIRST, "--lift");
    assertEquals(0, lifted.status(), lifted.err());
    assertEquals(2, precompute().get("videos").asInt());
    content();
    assertEquals("everything holds", told(tokenreel("verify", "--cache=" + cache())));
  }

  @Test
  void commands_onTablesOfANewerVersion_sayWhatToUse() throws IOException {
    Path newer = Files.createFile(folder.resolve("cache/_schema-99"));
    for (String[] command :
        new String[][] {
          {"inspect", "--video-id=" + FIRST}, {"inspect"}, {"verify"}, {"vacuum", "--superseded"}
        }) {
      Ended refused =
          tokenreel(
              command[0],
              Stream.concat(Arrays.stream(command).skip(1), Stream.of("--cache=" + cache()))
                  .toArray(String[]::new));
      assertEquals(2, refused.status(), refused.err());
      assertTrue(refused.err().contains("tables of version 99"), refused.err());
      assertTrue(refused.err().contains("use a newer tokenreel"), refused.err());
    }
    Files.delete(newer);
  }

  private JsonNode precompute() throws IOException {
    return json(
        "precompute",
        "--input=" + folder.resolve("videos"),
        "--output=" + cache(),
        "--sampling=uniform:frames=4",
        "--compression=none",
        "--compression=vidcom2:retention=0.25",
        "--keep-features",
        "--json");
  }

  private static long superseded(JsonNode tokens) {
    long superseded = 0;
    for (JsonNode row : tokens) {
      superseded += row.get("superseded").asLong();
    }
    return superseded;
  }

  private static String told(Ended ended) {
    return ended.out().strip().replaceFirst("^.*: ", "");
  }

  private static String shaOf(Path file) throws IOException {
    return DigestUtils.sha256Hex(Files.readAllBytes(file));
  }
}

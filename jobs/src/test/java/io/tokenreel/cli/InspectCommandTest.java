package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.testing.LeavesUnsoundTables;
import io.tokenreel.testing.SmallCache;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class InspectCommandTest {

  @TempDir Path folder;

  private void writeCache() throws IOException {
    try (TokenCacheWriter writer =
        TokenCacheWriter.open(SmallCache.SPARK, new org.apache.hadoop.fs.Path(folder.toUri()))) {
      writer.saveRun(
          SmallCache.run("r", SmallCache.SAMPLING, 1)
              .leavingOut(Map.of("it may not be read", 2L))
              .finished());
      SmallCache.commit(
          writer, CacheTable.TOKENS, SmallCache.token("a", "s".repeat(64), "none", "OK"));
    }
  }

  private String inspect(String... more) {
    StringWriter out = new StringWriter();
    CommandLine line = TokenReel.commandLine();
    line.setOut(new PrintWriter(out));
    String[] arguments =
        Stream.concat(
                Stream.of("inspect", "--cache=" + folder, "--video-id=a"), Arrays.stream(more))
            .toArray(String[]::new);
    assertEquals(0, TokenReel.execute(line, arguments));
    return out.toString();
  }

  @LeavesUnsoundTables("their run has no outcomes")
  @Test
  void execute_videoAsTextJsonOrQuiet_printsWhatWasAskedFor() throws IOException {
    writeCache();
    assertTrue(inspect().startsWith("a  OK  tiny@1  uniform:frames=1  none"), inspect());
    assertEquals("", inspect("--quiet"));
    JsonNode printed = new ObjectMapper().readTree(inspect("--json", "--quiet"));
    assertEquals("a", printed.get("video_id").asText());
    JsonNode row = printed.get("rows").get(0);
    assertEquals("none", row.get("compression").asText());
    assertEquals(1, row.get("token_count").asInt());
    assertEquals("bf16", row.get("dtype").asText());
    assertEquals(0.0, row.get("frame_seconds").get(0).asDouble());
  }

  @LeavesUnsoundTables("their run has no outcomes")
  @Test
  void export_intoAFolderThatIsNotThere_isMadeAndOfAFolderRefused() throws IOException {
    writeCache();
    Path file = folder.resolve("exports/of a/a.safetensors");
    inspect("--export=" + file);
    assertTrue(Files.size(file) > 0);
    StringWriter err = new StringWriter();
    CommandLine line = TokenReel.commandLine();
    line.setErr(new PrintWriter(err));
    String[] arguments = {
      "inspect", "--cache=" + folder, "--video-id=a", "--export=" + file.getParent()
    };
    assertEquals(2, TokenReel.execute(line, arguments));
    assertTrue(err.toString().contains("--export must name a file"), err.toString());
  }

  private String refused(String... arguments) {
    StringWriter err = new StringWriter();
    CommandLine line = TokenReel.commandLine();
    line.setErr(new PrintWriter(err));
    assertEquals(2, TokenReel.execute(line, arguments));
    return err.toString();
  }

  @LeavesUnsoundTables("their run has no outcomes")
  @Test
  void export_rowsOfSeveralSettings_takesTheOneThatIsNamed() throws IOException {
    writeCache();
    Row first = SmallCache.token("a", "s".repeat(64), "none", "OK");
    Object[] other = IntStream.range(0, first.size()).mapToObj(first::get).toArray();
    other[CacheTable.TOKENS.schema().fieldIndex("sampling")] = "uniform:frames=2";
    try (TokenCacheWriter writer =
        TokenCacheWriter.open(SmallCache.SPARK, new org.apache.hadoop.fs.Path(folder.toUri()))) {
      SmallCache.commit(writer, CacheTable.TOKENS, RowFactory.create(other));
    }
    String export = "--export=" + folder.resolve("a.safetensors");
    String several = refused("inspect", "--cache=" + folder, "--video-id=a", export);
    assertTrue(several.contains("tiny@1 uniform:frames=2 none"), several);
    assertTrue(several.contains("tiny@1 uniform:frames=1 none"), several);
    assertTrue(inspect(export, "--sampling=uniform:frames=2").contains("uniform:frames=2"));
    String none = refused("inspect", "--cache=" + folder, "--video-id=a", "--encoder=other@1");
    assertTrue(none.contains("no tokens with --encoder other@1, --sampling (any)"), none);
    String unused = refused("inspect", "--cache=" + folder, "--compression=none");
    assertTrue(unused.contains("need --video-id"), unused);
  }

  @LeavesUnsoundTables("their run has no outcomes")
  @Test
  void contents_ofACache_areCountedAndATableThatIsNotThereIsEmpty() throws IOException {
    writeCache();
    org.apache.hadoop.fs.Path cache = new org.apache.hadoop.fs.Path(folder.toUri());
    Map<String, Object> row = CacheContents.tokens(SmallCache.SPARK, cache).asMaps().get(0);
    assertEquals(1L, row.get("videos"));
    assertEquals(1.0, row.get("share"));
    assertEquals(2L, row.get("bytes"));
    assertEquals(List.of(), CacheContents.outcomes(SmallCache.SPARK, cache).asMaps());
    assertEquals(
        List.of(Map.of("run_id", "r", "reason", "it may not be read", "names", 2L)),
        CacheContents.leftOut(SmallCache.SPARK, cache).asMaps());
  }
}

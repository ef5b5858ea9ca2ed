package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.model.safetensors.SafetensorsFile;
import io.tokenreel.testing.LeavesUnsoundTables;
import io.tokenreel.testing.SmallCache;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@LeavesUnsoundTables("their run has no outcomes")
class ExportCommandTest {

  private static final String PRUNED = "evs:prune=0.5";
  private static final String UUID = "a%2F1.mp4|evs%3Aprune%3D0.5|0123456789abcdef";

  @TempDir Path folder;

  /** Of two videos all tokens and half of them; the third has too few. */
  @BeforeEach
  void writeCache() throws IOException {
    int[] all = IntStream.range(0, 24).toArray();
    int[] half = IntStream.range(0, 12).toArray();
    write(
        ExportedRows.stored("a/1.mp4", "none", 4, all),
        ExportedRows.stored("a/2.mp4", "none", 4, all),
        ExportedRows.stored("one.mp4", "none", 1, 0, 1, 2, 3, 4, 5),
        ExportedRows.stored("a/1.mp4", PRUNED, 4, half),
        ExportedRows.stored("a/2.mp4", PRUNED, 4, half),
        ExportedRows.stored("a/3.mp4", "frames:keep=1/4", 4, 0, 1, 2, 3, 4, 5),
        ExportedRows.stored("a/2.mp4", "frames:keep=1/4", 2, half));
    describe(ExportedRows.QWEN2_5);
  }

  private void write(Row... rows) throws IOException {
    try (TokenCacheWriter writer =
        TokenCacheWriter.open(SmallCache.SPARK, new org.apache.hadoop.fs.Path(cache().toUri()))) {
      writer.saveRun(SmallCache.run("r", SmallCache.SAMPLING, 3).finished());
      SmallCache.commit(writer, CacheTable.TOKENS, rows);
    }
  }

  private void describe(String architecture) throws IOException {
    Path card = cache().resolve("_encoders/qwen@1.json");
    Files.createDirectories(card.getParent());
    Files.writeString(card, ExportedRows.cardFile(architecture));
  }

  private Path cache() {
    return folder.resolve("cache");
  }

  private Path output() {
    return folder.resolve("ec");
  }

  /** Runs the command, and gives what it printed on both streams. */
  private String export(int status, String... more) {
    StringWriter printed = new StringWriter();
    CommandLine line = TokenReel.commandLine();
    line.setOut(new PrintWriter(printed));
    line.setErr(new PrintWriter(printed));
    String[] arguments =
        Stream.concat(
                Stream.of("export", "--for=vllm-ec", "--cache=" + cache(), "--output=" + output()),
                Arrays.stream(more))
            .toArray(String[]::new);
    assertEquals(status, TokenReel.execute(line, arguments), printed.toString());
    return printed.toString();
  }

  private List<JsonNode> lines(String file) throws IOException {
    try (Stream<String> lines = Files.lines(output().resolve(file))) {
      return lines
          .map(
              line -> {
                try {
                  return new ObjectMapper().readTree(line);
                } catch (IOException e) {
                  throw new AssertionError(line, e);
                }
              })
          .toList();
    }
  }

  private SafetensorsFile file(String uuid) {
    return SafetensorsFile.open(output().resolve(uuid).resolve("encoder_cache.safetensors"));
  }

  @Test
  void execute_prunedVideosOfACache_writesAFileAndARequestForEach() throws IOException {
    String printed = export(0, "--compression=" + PRUNED, "--json");
    assertTrue(printed.contains("--video-pruning-rate 0.5 --ec-transfer-config '{"), printed);
    JsonNode summary = new ObjectMapper().readTree(printed);
    assertEquals(2, summary.get("videos").asInt());
    assertEquals(2, summary.get("written").asInt());
    assertEquals(0, summary.get("left_out").asInt());
    assertEquals(0.5, summary.get("video_pruning_rate").asDouble());
    assertEquals(List.of("ec_cache"), file(UUID).names());
    assertEquals(List.of(12L, 6L), file(UUID).tensor("ec_cache").shape());
    assertEquals("a/1.mp4", file(UUID).metadata().get("video_id"));
    List<JsonNode> requests = lines("requests.jsonl");
    assertEquals(2, requests.size());
    JsonNode request = requests.get(0);
    assertEquals("a/1.mp4", request.get("video_id").asText());
    assertEquals(UUID, request.get("uuid").asText());
    assertEquals("video", request.get("modality").asText());
    assertEquals(12, request.get("rows").asInt());
    assertEquals("[4,4,6]", request.get("video_grid_thw").toString());
    assertEquals("[1.5]", request.get("second_per_grid_ts").toString());
    assertEquals(UUID, request.get("part").get("uuid").asText());
    assertEquals(List.of(), lines("left_out.jsonl"));
    try (Stream<Path> names = Files.list(output())) {
      assertEquals(4, names.count());
    }
  }

  @Test
  void execute_again_leavesFilesAsTheyAreAndAddsWhatIsNew() throws IOException {
    export(0, "--compression=" + PRUNED, "--video-id=a/1.mp4");
    Path file = output().resolve(UUID).resolve("encoder_cache.safetensors");
    Object before = Files.getAttribute(file, "unix:ino");
    String printed = export(0, "--compression=" + PRUNED, "--json", "--quiet");
    JsonNode summary = new ObjectMapper().readTree(printed);
    assertEquals(2, summary.get("videos").asInt());
    assertEquals(1, summary.get("written").asInt());
    assertEquals(before, Files.getAttribute(file, "unix:ino"));
    assertEquals(2, lines("requests.jsonl").size());
  }

  @Test
  void execute_folderWithOtherFiles_isRefusedAndLeftAlone() throws IOException {
    Files.createDirectories(output());
    Files.writeString(output().resolve("x"), "");
    String printed = export(2, "--compression=" + PRUNED);
    assertTrue(printed.contains("has files and is no export: name a folder"), printed);
    assertFalse(Files.exists(output().resolve(UUID)));
  }

  @Test
  void execute_fileOfAnotherServer_isRefused() throws IOException {
    export(0, "--compression=none", "--video-id=one.mp4");
    String printed = export(2, "--video-id=one.mp4", "--pruning-rate=0.5");
    assertTrue(printed.contains("name another folder as --output"), printed);
  }

  @Test
  void execute_videoThatDoesNotFit_isLeftOutAndListed() throws IOException {
    String printed = export(3, "--compression=frames:keep=1/4", "--pruning-rate=0.75");
    assertTrue(printed.contains("1 videos"), printed);
    assertEquals("a/3.mp4", lines("requests.jsonl").get(0).get("video_id").asText());
    JsonNode left = lines("left_out.jsonl").get(0);
    assertEquals("a/2.mp4", left.get("video_id").asText());
    assertEquals(
        "it has 12 of 12 tokens, and a server with --video-pruning-rate 0.75 makes 6 places",
        left.get("reason").asText());
  }

  @Test
  void execute_severalSettings_namesThemAndWritesNothing() {
    String printed = export(2);
    assertTrue(printed.contains("qwen@1 with uniform:frames=6, evs:prune=0.5"), printed);
    printed = export(2, "--video-id=a/1.mp4");
    assertTrue(printed.contains("video 'a/1.mp4' has rows of several: choose by"), printed);
    assertFalse(Files.exists(output()));
  }

  @Test
  void execute_rowsThatAreNotThere_saysWhichAre() {
    assertTrue(
        export(2, "--video-id=b.mp4").contains("no tokens of video 'b.mp4'"), "unknown video");
    String printed = export(2, "--video-id=a/3.mp4", "--compression=none");
    assertTrue(printed.contains("it has [qwen@1 with uniform:frames=6, frames:keep=1/4]"), printed);
    assertTrue(export(2, "--compression=random:retention=0.5").contains("no tokens in"), "nothing");
    assertTrue(export(2, "--encoder=x@1").contains("no tokens in"), "nothing");
  }

  @Test
  void execute_modelOrRateThatTheServerDoesNotTake_isRefusedBeforeAnythingIsWritten()
      throws IOException {
    assertTrue(
        export(2, "--compression=none", "--pruning-rate=1").contains("from 0 to below 1"), "rate");
    describe("LlavaOnevisionForConditionalGeneration");
    String printed = export(2, "--compression=none");
    assertTrue(printed.contains("vLLM 0.32 takes rows from an encoder cache for"), printed);
    assertFalse(Files.exists(output()));
  }

  @Test
  void execute_anotherServer_isRefused() {
    StringWriter err = new StringWriter();
    CommandLine line = TokenReel.commandLine();
    line.setErr(new PrintWriter(err));
    assertEquals(2, TokenReel.execute(line, "export", "--for=sglang", "--cache=c", "--output=o"));
    assertTrue(err.toString().contains("vllm-ec"), err.toString());
  }
}

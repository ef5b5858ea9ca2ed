package io.tokenreel.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tokenreel.cache.commit.TokenCacheWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunRecordTest {

  @TempDir java.nio.file.Path temporary;

  @Test
  void save_thenRead_isTheSame() throws IOException {
    RunRecords runs = records(CacheFiles.StepListener.NONE);
    RunRecord run = CacheRows.run("r", 3, CacheRows.HALF);
    runs.save(run);
    assertEquals(List.of(run), runs.all());
    runs.save(run.finished());
    assertEquals(RunRecord.DONE, runs.all().get(0).state());
  }

  /** Where a file is replaced at once, and where the old one is deleted first. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void save_stoppedAfterAnyStep_leavesTheOldOrTheNewRecord(boolean atOnce) throws IOException {
    RunRecord run = CacheRows.run("r", 3, CacheRows.HALF);
    records(CacheFiles.StepListener.NONE, atOnce).save(run);
    List<String> steps = new ArrayList<>();
    records(steps::add, atOnce).save(run.finished());
    assertEquals(atOnce ? 2 : 3, steps.size(), steps.toString());
    for (int limit = 1; limit <= steps.size(); limit++) {
      records(CacheFiles.StepListener.NONE, atOnce).save(run);
      int[] left = {limit};
      RunRecords stopped =
          records(
              step -> {
                if (--left[0] == 0) {
                  throw new IOException("stopped");
                }
              },
              atOnce);
      assertThrows(IOException.class, () -> stopped.save(run.finished()));
      RunRecords next = records(CacheFiles.StepListener.NONE, atOnce);
      next.recover();
      assertEquals(1, next.all().size(), "stopped after step " + limit);
      assertEquals(
          limit == 1 ? RunRecord.INTERRUPTED : RunRecord.DONE,
          next.all().get(0).state(),
          "stopped after step " + limit);
    }
  }

  @Test
  void open_afterAWriterThatDied_marksItsRunInterruptedAndLeavesTheOthers() throws IOException {
    Path output = new Path(temporary.resolve("cache").toUri());
    RunRecord cut = CacheRows.run("cut", 3, CacheRows.HALF);
    RunRecord done = CacheRows.run("done", 3, CacheRows.HALF).finished();
    try (TokenCacheWriter writer = TokenCacheWriter.open(CacheRows.spark(), output)) {
      writer.saveRun(done);
      writer.saveRun(cut);
    }
    TokenCacheWriter.open(CacheRows.spark(), output).close();
    List<RunRecord> runs = RunRecords.of(new Configuration(), output);
    assertEquals(Set.of(done, cut.interrupted()), Set.copyOf(runs));
    assertEquals(2, runs.size());
  }

  @Test
  void read_recordWithFewerOrMoreMembers_isRead() throws IOException {
    RunRecord run = CacheRows.run("r", 3, CacheRows.HALF);
    ObjectMapper json = new ObjectMapper();
    ObjectNode older = json.readValue(Json.bytes(run), ObjectNode.class);
    assertNull(older.get("leftOut"), "a version of before must not know it");
    assertEquals(run, Json.read(json.writeValueAsBytes(older), RunRecord.class));
    older.remove("removedOutcomes");
    assertEquals(run, Json.read(json.writeValueAsBytes(older), RunRecord.class));
    RunRecord leaving = run.leavingOut(Map.of("it may not be read", 2L));
    ObjectNode newer = json.readValue(Json.bytes(leaving.finished()), ObjectNode.class);
    newer.put("laterMember", 1);
    RunRecord read = Json.read(json.writeValueAsBytes(newer), RunRecord.class);
    assertEquals(Map.of("it may not be read", 2L), read.leftOut());
    assertEquals(read.leftOut(), read.withoutOutcomes(1).leftOut());
  }

  @Test
  void constructor_unknownState_listsTheKnown() {
    RunRecord run = CacheRows.run("r", 3, CacheRows.HALF);
    IllegalArgumentException error =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new RunRecord(
                    "r",
                    "paused",
                    run.command(),
                    run.options(),
                    3,
                    run.encoder(),
                    run.sampling(),
                    run.compressions(),
                    run.tables(),
                    run.writerVersion(),
                    run.startedAt(),
                    null,
                    0,
                    run.leftOut()));
    assertTrue(
        error.getMessage().contains("[running, done, interrupted]; got 'paused'"),
        error.getMessage());
  }

  @Test
  void started_withAnIdThatIsNoFileName_isRefused() {
    IllegalArgumentException error =
        assertThrows(
            IllegalArgumentException.class, () -> CacheRows.run("../r", 3, CacheRows.HALF));
    assertTrue(error.getMessage().contains("'../r'"), error.getMessage());
  }

  private RunRecords records(CacheFiles.StepListener listener) throws IOException {
    return records(listener, true);
  }

  /**
   * @param atOnce whether the file system is one that is known to replace files
   */
  private RunRecords records(CacheFiles.StepListener listener, boolean atOnce) throws IOException {
    FileSystem local = FileSystem.getLocal(new Configuration());
    FileSystem fs = atOnce ? local : new FilterFileSystem(local);
    return new RunRecords(
        new CacheFiles(fs, listener), new Path(temporary.resolve("runs").toUri()));
  }
}

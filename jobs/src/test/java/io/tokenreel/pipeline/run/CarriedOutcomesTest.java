package io.tokenreel.pipeline.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.testing.LeavesUnsoundTables;
import io.tokenreel.testing.SmallCache;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CarriedOutcomesTest {

  private static final StructType VIDEOS =
      new StructType()
          .add("video_id", "string")
          .add("video_uri", "string")
          .add("content_sha256", "string")
          .add("outcome", "string")
          .add("label", "string");

  @TempDir java.nio.file.Path folder;

  private Row carried(Path cache, String outcome) throws IOException {
    List<Row> rows =
        new CarriedOutcomes(SmallCache.SPARK, cache, SmallCache.run("now", SmallCache.SAMPLING, 1))
            .rows(
                SmallCache.SPARK.createDataFrame(
                    List.of(RowFactory.create("a", "file:/a", "s1", outcome, "mine")), VIDEOS))
            .collectAsList();
    assertEquals(1, rows.size(), rows.toString());
    return rows.get(0);
  }

  @LeavesUnsoundTables("their videos have rows of one compression only")
  @Test
  void rows_laterRunOfAnotherSamplingFailed_saysWhatThisSettingFound() throws IOException {
    Path cache = new Path(folder.toUri());
    try (TokenCacheWriter writer = TokenCacheWriter.open(SmallCache.SPARK, cache)) {
      writer.saveRun(SmallCache.run("first", SmallCache.SAMPLING, 1).finished());
      writer.saveRun(SmallCache.run("other", "uniform:frames=9", 1).finished());
      SmallCache.commit(
          writer,
          CacheTable.OUTCOMES,
          SmallCache.outcome("first", "a", "s1", "OK", null, 1),
          SmallCache.outcome("other", "a", "s1", "FAILED", "timeout", 2));
    }
    Row row = carried(cache, "OK");
    assertEquals("OK", row.getAs("outcome"));
    assertNull(row.getAs("reason"));
    assertEquals("now", row.getAs("run_id"));
    assertEquals(0, row.<Integer>getAs("attempts"));
    assertEquals("mine", row.getAs("label"));
  }

  @Test
  void rows_noRunFoundTheCommittedOutcome_haveItAllTheSame() throws IOException {
    Path cache = new Path(folder.toUri());
    try (TokenCacheWriter writer = TokenCacheWriter.open(SmallCache.SPARK, cache)) {
      writer.saveRun(SmallCache.run("first", SmallCache.SAMPLING, 1).finished());
      SmallCache.commit(
          writer,
          CacheTable.OUTCOMES,
          SmallCache.outcome("first", "a", "s1", "FAILED", "timeout", 1));
    }
    Row ok = carried(cache, "OK");
    assertNull(ok.getAs("reason"));
    assertEquals(0L, ok.<Long>getAs("frames_decoded"));
    Row degraded = carried(cache, "DEGRADED");
    assertEquals("decode_error", degraded.getAs("reason"));
    assertEquals("the outcome of the run that decoded it is not kept", degraded.getAs("detail"));
  }

  @LeavesUnsoundTables("their videos have rows of one compression only")
  @Test
  void rows_sameSettingFoundSeveralThings_givesTheNewestReasonOfTheCommittedOutcome()
      throws IOException {
    Path cache = new Path(folder.toUri());
    try (TokenCacheWriter writer = TokenCacheWriter.open(SmallCache.SPARK, cache)) {
      for (String run : List.of("r1", "r2", "r3", "r4")) {
        writer.saveRun(SmallCache.run(run, SmallCache.SAMPLING, 1).finished());
      }
      SmallCache.commit(
          writer,
          CacheTable.OUTCOMES,
          SmallCache.outcome("r1", "a", "s1", "DEGRADED", "truncated", 1),
          SmallCache.outcome("r2", "a", "s1", "DEGRADED", "decode_error", 2),
          SmallCache.outcome("r3", "a", "s1", "FAILED", "timeout", 3),
          SmallCache.outcome("r4", "a", "s2", "DEGRADED", "no_frames", 4));
    }
    assertEquals("decode_error", carried(cache, "DEGRADED").getAs("reason"));
  }
}

package io.tokenreel.cache.commit;

import static org.apache.spark.sql.functions.lit;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheRows;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.lookup.CachedTokens;
import io.tokenreel.cache.lookup.TokenCache;
import io.tokenreel.cache.store.Removed;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.io.TempDir;

/** Outputs from which rows are removed, and writers that stop. */
abstract class RemovalOutputs {

  static final SparkSession SPARK = CacheRows.spark();
  static final String SECRET = "clips/00001.mp4";
  static final List<String> IDS = CacheRows.ids(0, 6);

  @TempDir java.nio.file.Path temporary;

  /** Stands for the end of a process: nothing is closed. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  static CacheFiles.StepListener killAt(String name) {
    return step -> {
      if (step.equals(name)) {
        throw new Killed();
      }
    };
  }

  /** Two runs over three videos each, and a record that names one of them. */
  Path cache() throws IOException {
    Path output = output("cache");
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output)) {
      for (int run = 0; run < 2; run++) {
        List<String> ids = IDS.subList(3 * run, 3 * run + 3);
        RunRecord record =
            CacheRows.run("r" + run, 3, CacheRows.HALF, CacheRows.WHOLE)
                .withOptions(Map.of("inputs", "[\"/videos/" + SECRET + "\",\"/other/mp4\"]"));
        writer.saveRun(record);
        WaveCommit wave = writer.nextWave();
        wave.stage(
            CacheTable.TOKENS,
            CacheRows.tokens(ids, CacheRows.HALF, CacheRows.WHOLE)
                .coalesce(1)
                .withColumn("my la`bel.v2", lit("mine")));
        wave.stage(CacheTable.OUTCOMES, CacheRows.outcomes("r" + run, ids));
        wave.commit();
        writer.saveRun(record.finished());
      }
    }
    return output;
  }

  static Removed forget(Path output, CacheFiles.StepListener listener, String... ids)
      throws IOException {
    // Not try-with-resources: a killed process closes nothing.
    TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output, listener);
    Removed removed = writer.forget(List.of(ids));
    writer.close();
    return removed;
  }

  static void assertTokens(TokenCache cache, String id) throws IOException {
    List<CachedTokens> found = cache.lookup(id);
    assertEquals(2, found.size(), id);
    for (CachedTokens row : found) {
      assertEquals(id, row.videoId());
      assertArrayEquals(
          CacheRows.keptTokens(id, "content of " + id, row.compression()), row.tokens());
    }
  }

  static void recover(Path output) throws IOException {
    endProcess(output);
    TokenCacheWriter.open(SPARK, output).close();
  }

  static void endProcess(Path output) throws IOException {
    EndedWriter.leaveLock(output);
  }

  Path copy(Path from, String name) throws IOException {
    Path to = output(name);
    FileUtils.copyDirectory(local(from).toFile(), local(to).toFile());
    return to;
  }

  static java.nio.file.Path local(Path output) {
    return java.nio.file.Path.of(output.toUri());
  }

  Path output(String name) {
    return new Path(temporary.resolve(name).toUri());
  }
}

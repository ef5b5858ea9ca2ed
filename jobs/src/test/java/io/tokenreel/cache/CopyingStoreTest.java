package io.tokenreel.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.testing.LeavesUnsoundTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One writer, whole waves, on a store whose renames are copies and whose creations overwrite. */
class CopyingStoreTest {

  private static final SparkSession SPARK = CacheRows.spark();

  @TempDir Path temporary;

  private static Configuration conf() {
    Configuration conf = SPARK.sparkContext().hadoopConfiguration();
    CopyingStore.install(conf);
    return conf;
  }

  @LeavesUnsoundTables("their outcomes are of no run")
  @Test
  void commit_killedBetweenAnyCopyAndItsDeletion_nextWriterEndsTheWave() throws IOException {
    conf();
    Path undisturbed = temporary.resolve("undisturbed");
    commit(undisturbed);
    int killed = 0;
    for (int copies = 1; ; copies++) {
      Path output = temporary.resolve("killed-" + copies);
      CopyingStore.killAfter(copies);
      try {
        commit(output);
        break;
      } catch (CopyingStore.Killed e) {
        killed++;
      } finally {
        CopyingStore.killAfter(0);
      }
      Files.write(output.resolve("_lock"), Json.bytes(WriterLockTest.endedProcess()));
      TokenCacheWriter.open(SPARK, CopyingStore.path(output)).close();
      assertEquals(files(undisturbed), files(output), "killed after copy " + copies);
    }
    assertTrue(killed >= 4, "the journal, two tables and the index are renamed; killed " + killed);
  }

  /** Not try-with-resources: a killed process closes nothing. */
  private static void commit(Path output) throws IOException {
    Dataset<Row> tokens = CacheRows.tokens(CacheRows.ids(0, 2), CacheRows.HALF);
    TokenCacheWriter writer = TokenCacheWriter.open(SPARK, CopyingStore.path(output));
    WaveCommit wave = writer.nextWave();
    wave.stage(CacheTable.TOKENS, tokens.coalesce(1));
    wave.stage(CacheTable.OUTCOMES, CacheRows.outcomes("r", CacheRows.ids(0, 2)).coalesce(1));
    wave.commit();
    writer.close();
  }

  private static List<String> files(Path output) throws IOException {
    try (Stream<Path> files = Files.walk(output)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> output.relativize(file) + " " + file.toFile().length())
          .sorted()
          .toList();
    }
  }

  @Test
  void acquire_byManyAtOnce_atMostOneHolds() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    int held = 0;
    for (int round = 0; round < 50; round++) {
      org.apache.hadoop.fs.Path lock =
          new CacheLayout(CopyingStore.path(temporary.resolve("round-" + round))).lock();
      FileSystem fs = FileSystem.newInstance(lock.toUri(), conf());
      List<Callable<WriterLock>> writers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        writers.add(() -> WriterLock.acquire(fs, lock));
      }
      int holders = 0;
      for (Future<WriterLock> writer : pool.invokeAll(writers)) {
        try {
          writer.get();
          holders++;
        } catch (ExecutionException e) {
          assertEquals(CacheLockedException.class, e.getCause().getClass(), e.toString());
        }
      }
      assertTrue(holders <= 1, "round %d: %d hold the lock".formatted(round, holders));
      held += holders;
    }
    pool.shutdown();
    assertTrue(held > 0, "nobody ever held a lock");
  }

  @Test
  void acquire_claimOfAnother_standsInTheWayUnlessItsProcessIsGone() throws IOException {
    Path output = Files.createDirectory(temporary.resolve("claimed"));
    org.apache.hadoop.fs.Path lock = new CacheLayout(CopyingStore.path(output)).lock();
    FileSystem fs = FileSystem.newInstance(lock.toUri(), conf());
    Path claim = output.resolve("_lock.claim");
    Files.write(claim, Json.bytes(new WriterLock.Owner("t", "another-host", 1, "", "2026")));
    CacheLockedException e =
        assertThrows(CacheLockedException.class, () -> WriterLock.acquire(fs, lock));
    assertTrue(e.getMessage().contains("_lock.claim"), e.getMessage());
    Files.write(claim, Json.bytes(WriterLockTest.endedProcess()));
    WriterLock.acquire(fs, lock).close();
    assertEquals(List.of(), List.of(output.toFile().list()));
  }
}

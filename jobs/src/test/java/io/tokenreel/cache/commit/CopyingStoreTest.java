package io.tokenreel.cache.commit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.CacheRows;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.Json;
import io.tokenreel.testing.LeavesUnsoundTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One writer, whole waves, on a store whose renames are copies and whose creations overwrite. */
@Tag("slow")
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
      Files.write(output.resolve("_lock"), Json.bytes(EndedWriter.owner()));
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
  void acquire_byManyAtOnce_oneHolds() throws Exception {
    for (int round = 0; round < 10; round++) {
      org.apache.hadoop.fs.Path lock =
          new CacheLayout(CopyingStore.path(temporary.resolve("round-" + round))).lock();
      assertOneHolds(FileSystem.newInstance(lock.toUri(), conf()), lock, 4);
    }
  }

  /** All of them find the lock of a writer that has ended. */
  @Test
  void acquire_byManyWhereALockWasLeft_oneHolds() throws Exception {
    for (int round = 0; round < 3; round++) {
      Path output = Files.createDirectory(temporary.resolve("left-" + round));
      Files.write(output.resolve("_lock"), Json.bytes(EndedWriter.owner()));
      org.apache.hadoop.fs.Path lock = new CacheLayout(CopyingStore.path(output)).lock();
      assertOneHolds(FileSystem.newInstance(lock.toUri(), conf()), lock, 3);
      assertEquals(List.of("_lock"), List.of(output.toFile().list()));
    }
  }

  /** Each of two writers has made its claim before any of them looks. */
  @Test
  void acquire_byTwoThatFindEachOthersClaims_oneHolds() throws Exception {
    Path output = temporary.resolve("met");
    org.apache.hadoop.fs.Path lock = new CacheLayout(CopyingStore.path(output)).lock();
    assertOneHolds(new Meeting(FileSystem.newInstance(lock.toUri(), conf()), 2), lock, 2);
    assertEquals(List.of("_lock"), List.of(output.toFile().list()));
  }

  /** Lets its first listings begin together. */
  private static final class Meeting extends FilterFileSystem {

    private final CountDownLatch listings;

    Meeting(FileSystem fs, int writers) {
      super(fs);
      listings = new CountDownLatch(writers);
    }

    @Override
    public FileStatus[] listStatus(org.apache.hadoop.fs.Path folder) throws IOException {
      listings.countDown();
      try {
        listings.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return super.listStatus(folder);
    }
  }

  private static void assertOneHolds(FileSystem fs, org.apache.hadoop.fs.Path lock, int writers)
      throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(writers);
    Callable<WriterLock> acquire = () -> WriterLock.acquire(fs, lock);
    int holders = 0;
    for (Future<WriterLock> writer : pool.invokeAll(Collections.nCopies(writers, acquire))) {
      try {
        writer.get();
        holders++;
      } catch (ExecutionException e) {
        assertEquals(CacheLockedException.class, e.getCause().getClass(), e.toString());
        assertTrue(e.getCause().getMessage().endsWith("delete " + lock), e.toString());
      }
    }
    pool.shutdown();
    assertEquals(1, holders);
  }

  @Test
  void acquire_claimOfAnother_standsInTheWayUnlessItsProcessIsGone() throws IOException {
    Path output = Files.createDirectory(temporary.resolve("claimed"));
    org.apache.hadoop.fs.Path lock = new CacheLayout(CopyingStore.path(output)).lock();
    FileSystem fs = FileSystem.newInstance(lock.toUri(), conf());
    Path claim = output.resolve("_lock.claim");
    Files.write(claim, Json.bytes(new WriterLock.Owner("t", "another-host", 1, "", "2026", null)));
    List<Long> pauses = new ArrayList<>();
    CacheLockedException e =
        assertThrows(CacheLockedException.class, () -> WriterLock.acquire(fs, lock, pauses::add));
    assertTrue(e.getMessage().contains("_lock.claim"), e.getMessage());
    assertEquals(WriterLock.LOOKS - 1, pauses.size());
    long most = 2 * pauses.stream().mapToLong(Long::longValue).sum();
    assertTrue(most < 30_000, "a writer may wait for " + most + " ms");
    Files.write(claim, Json.bytes(EndedWriter.owner()));
    WriterLock.acquire(fs, lock).close();
    assertEquals(List.of(), List.of(output.toFile().list()));
  }
}

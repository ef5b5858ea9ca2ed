package io.tokenreel.pipeline.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.commit.CacheLockedException;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.cache.lookup.CachedTokens;
import io.tokenreel.cache.lookup.TokenCache;
import io.tokenreel.cache.verify.CacheVerifier;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.testing.JobTests;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DFSTestUtil;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.protocol.ExtendedBlock;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Videos and caches on HDFS, here in this process, and file systems that find a file damaged. */
@Tag("slow")
class HdfsTest {

  private static final String SOUND = "hevc.mp4";
  private static final String DAMAGED = "turned_0.mov";

  @TempDir private static java.nio.file.Path folder;

  private static MiniDFSCluster cluster;
  private static FileSystem hdfs;

  private final SparkSession spark = LocalSpark.plain();

  @BeforeAll
  static void start() throws IOException {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    cluster = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
    hdfs = cluster.getFileSystem();
  }

  @AfterAll
  static void stop() {
    cluster.shutdown();
  }

  private RunSummary precompute(String input, String output) throws IOException {
    PrecomputeSettings settings = JobTests.settings(List.of(input), output, List.of("none"), 10);
    return new PrecomputeJob(spark, settings, Progress.silent()).run();
  }

  @Test
  void precompute_videosAndCacheOnHdfs_givesWhatLocalOnesGive() throws IOException {
    Path videos = hdfs.makeQualified(new Path("/videos"));
    Path cache = hdfs.makeQualified(new Path("/cache"));
    java.nio.file.Path local = Files.createDirectories(folder.resolve("videos"));
    for (String name : List.of(SOUND, DAMAGED)) {
      Files.copy(JobTests.VIDEOS.resolve(name), local.resolve(name));
      hdfs.copyFromLocalFile(new Path(local.resolve(name).toUri()), new Path(videos, name));
    }
    assertEquals(2, precompute(videos.toString(), cache.toString()).ok());
    assertEquals(2, precompute(videos.toString(), cache.toString()).alreadyCommitted());
    Path plain = new Path(folder.resolve("cache").toUri());
    precompute(local.toString(), plain.toString());
    assertEquals(tokens(plain), tokens(cache));
    assertEquals(List.of(), CacheVerifier.verify(spark, cache));
    List<CachedTokens> found =
        TokenCache.open(spark.sparkContext().hadoopConfiguration(), cache).lookup(SOUND);
    assertEquals(1, found.size());
  }

  /** Digests of the tokens by video. */
  private Map<String, String> tokens(Path cache) {
    Map<String, String> digests = new TreeMap<>();
    for (Row row :
        spark
            .read()
            .parquet(new Path(cache, CacheTable.TOKENS.folder()).toString())
            .selectExpr("video_id", "sha2(tokens, 256)")
            .collectAsList()) {
      digests.put(row.getString(0), row.getString(1));
    }
    return digests;
  }

  @Test
  void writer_whileAnotherHoldsTheLock_isRefused() throws IOException {
    Path cache = hdfs.makeQualified(new Path("/locked"));
    try (TokenCacheWriter first = TokenCacheWriter.open(spark, cache)) {
      assertThrows(CacheLockedException.class, () -> TokenCacheWriter.open(spark, cache).close());
      assertTrue(hdfs.exists(new Path(cache, "_lock")));
    }
    TokenCacheWriter.open(spark, cache).close();
  }

  @Test
  void precompute_blockThatDoesNotFitItsChecksum_isUnreadableAndSaysSo() throws IOException {
    Path videos = hdfs.makeQualified(new Path("/damaged"));
    for (String name : List.of(SOUND, DAMAGED)) {
      Path source = new Path(JobTests.VIDEOS.resolve(name).toUri());
      hdfs.copyFromLocalFile(source, new Path(videos, name));
    }
    ExtendedBlock block = DFSTestUtil.getFirstBlock(hdfs, new Path(videos, DAMAGED));
    damage(cluster.getBlockFile(0, block).toPath());
    assertUnreadable(videos.toString(), folder.resolve("a").toString());
  }

  @Test
  void precompute_localFileThatDoesNotFitItsChecksum_isUnreadableAndSaysSo() throws IOException {
    java.nio.file.Path videos = Files.createDirectories(folder.resolve("damaged"));
    Files.copy(JobTests.VIDEOS.resolve(SOUND), videos.resolve(SOUND));
    LocalFileSystem local = FileSystem.getLocal(new Configuration());
    Path source = new Path(JobTests.VIDEOS.resolve(DAMAGED).toUri());
    Path target = new Path(videos.resolve(DAMAGED).toUri());
    local.copyFromLocalFile(source, target); // and writes its checksums next to it
    assertTrue(Files.exists(videos.resolve("." + DAMAGED + ".crc")));
    damage(videos.resolve(DAMAGED));
    assertUnreadable(videos.toString(), folder.resolve("b").toString());
  }

  private static void damage(java.nio.file.Path file) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      long middle = bytes.length() / 2;
      bytes.seek(middle);
      int before = bytes.read();
      bytes.seek(middle);
      bytes.write(before ^ 1);
    }
  }

  private void assertUnreadable(String videos, String cache) throws IOException {
    RunSummary summary = precompute(videos, cache);
    assertEquals(List.of(1L, 1L), List.of(summary.ok(), summary.failed()));
    Row failed =
        spark
            .read()
            .parquet(cache + "/" + CacheTable.OUTCOMES.folder())
            .where("outcome = 'FAILED'")
            .first();
    assertEquals(DAMAGED, failed.getAs("video_id"));
    assertEquals("unreadable", failed.getAs("reason"));
    assertTrue(failed.<String>getAs("detail").contains("Checksum"), failed.<String>getAs("detail"));
  }
}

package io.tokenreel.pipeline.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.pipeline.input.VideoWeight;
import io.tokenreel.sql.LocalSpark;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VideoWavesTest {

  private static final StructType SCHEMA =
      new StructType()
          .add("video_id", "string")
          .add("video_uri", "string")
          .add("video_bytes", "long")
          .add("split", "string");

  /** Where the rows are. */
  private enum At {
    DRIVER,
    SPARK
  }

  private static Dataset<Row> pending(List<Row> videos, At at) {
    Dataset<Row> local = LocalSpark.plain().createDataFrame(videos, SCHEMA);
    Dataset<Row> pending = at == At.DRIVER ? local : local.repartition(2);
    assertEquals(at == At.DRIVER, pending.isLocal());
    return pending;
  }

  private static VideoWaves waves(List<Row> videos, int videosPerWave, At at) {
    return new VideoWaves(LocalSpark.plain(), pending(videos, at), videos.size(), videosPerWave);
  }

  private static Row video(String id, Long bytes) {
    return RowFactory.create(id, "file:/" + id, bytes, "split of " + id);
  }

  private static long weight(List<Row> videos) {
    return videos.stream().mapToLong(video -> VideoWeight.of(video, 2)).sum();
  }

  /** Lengths from nothing to gigabytes, some unknown. */
  private static Long bytes(Random random) {
    return random.nextInt(4) == 0 ? null : (long) Math.exp(random.nextDouble() * 24);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void next_randomVideos_givesEachOnceInWavesByIdAndTheHeaviestPartitionsFirst(long seed) {
    Random random = new Random(seed);
    int count = 1 + random.nextInt(40);
    int perWave = 1 + random.nextInt(15);
    List<Row> videos = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      videos.add(video("v%03d".formatted(i), bytes(random)));
    }
    List<Row> shuffled = new ArrayList<>(videos);
    Collections.shuffle(shuffled, random);

    At at = seed % 2 == 0 ? At.DRIVER : At.SPARK;
    VideoWaves waves = waves(shuffled, perWave, at);
    String where = "seed %d: %d videos by %d, at %s".formatted(seed, count, perWave, at);
    int mostPartitions = 2 * LocalSpark.plain().sparkContext().defaultParallelism();
    List<Row> given = new ArrayList<>();
    while (waves.hasNext()) {
      VideoWaves.Wave wave = waves.next();
      List<List<Row>> partitions = wave.videos().toJavaRDD().glom().collect();
      assertTrue(partitions.stream().noneMatch(List::isEmpty), where);
      int size = partitions.stream().mapToInt(List::size).sum();
      assertEquals(Math.min(perWave, count - given.size()), size, where);
      assertTrue(partitions.size() <= Math.min(size, mostPartitions), where);
      assertEquals(videos.get(given.size()).getString(0), wave.firstId(), where);
      assertEquals(
          partitions.stream()
              .sorted(Comparator.comparingLong(VideoWavesTest::weight).reversed())
              .toList(),
          partitions,
          where);
      partitions.stream()
          .sorted(Comparator.comparing(partition -> partition.get(0).getString(0)))
          .forEach(given::addAll);
      assertEquals(videos.get(given.size() - 1).getString(0), wave.lastId(), where);
    }
    assertEquals(videos, given, where);
    assertThrows(NoSuchElementException.class, waves::next);
  }

  @ParameterizedTest
  @ValueSource(longs = {7, 8})
  void next_videosOfEqualLength_areSpreadEvenly(long seed) {
    long bytes = 1L + new Random(seed).nextInt(1 << 30);
    List<Row> videos = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      videos.add(video("v%02d".formatted(i), bytes));
    }
    int partitions = 2 * LocalSpark.plain().sparkContext().defaultParallelism();
    for (List<Row> partition :
        waves(videos, 16, At.DRIVER).next().videos().toJavaRDD().glom().collect()) {
      assertEquals(16 / partitions, partition.size(), "seed " + seed);
    }
  }

  @Test
  void next_idsOfLettersBeyondTheFirstPlane_areInTheOrderOfTheirBytes() {
    // UTF-16, and so Java's own order, has the second before the first.
    List<Row> videos = List.of(video("\uff5e", 1L), video("\ud83c\udfac", 1L));
    for (At at : At.values()) {
      VideoWaves.Wave wave = waves(videos, 2, at).next();
      assertEquals(List.of("\uff5e", "\ud83c\udfac"), List.of(wave.firstId(), wave.lastId()));
    }
  }

  @ParameterizedTest
  @EnumSource(At.class)
  void hasNext_nothingPending_isFalse(At at) {
    assertFalse(waves(List.of(), 5, at).hasNext());
  }

  @ParameterizedTest
  @EnumSource(At.class)
  void lanes_oneVideoLongerThanAWave_isLarge(At at) {
    List<Row> videos = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      videos.add(video("v%02d".formatted(i), 100L << 20));
    }
    videos.add(video("unknown", null));
    videos.add(video("long", 3L << 30));
    videos.add(video("less", 200L << 20));
    Dataset<Row> pending = pending(videos, at);
    // A wave of 10 takes 2 cores as long as one of its videos 5: 650 MB.
    VideoLanes lanes = VideoLanes.of(pending, 10, 2);
    assertEquals(List.of(videos.get(101)), lanes.large().orElseThrow().collectAsList());
    assertEquals(102, lanes.ordinary().count());
    assertEquals(103, lanes.videos());
  }

  @ParameterizedTest
  @EnumSource(At.class)
  void lanes_oneShortVideoAmongShorterOnes_isOrdinary(At at) {
    List<Row> videos = List.of(video("a", 1L), video("b", 1L), video("c", 200L << 20));
    Dataset<Row> pending = pending(videos, at);
    assertEquals(Optional.empty(), VideoLanes.of(pending, 10, 2).large());
    VideoLanes none = VideoLanes.of(pending(List.of(), at), 10, 2);
    assertEquals(Optional.empty(), none.large());
    assertEquals(0, none.videos());
  }
}

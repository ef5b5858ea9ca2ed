package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.col;

import io.tokenreel.pipeline.input.VideoWeight;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Videos in waves, in the order of their ids. Within a wave, partitions are stretches of that order
 * with about the same number of bytes, so that the files written are sorted and no task waits long
 * for another.
 */
public final class VideoWaves implements Iterator<VideoWaves.Wave> {

  /**
   * Tasks per core: enough for a slow video not to hold up the wave, few enough for a decoder
   * process to pay.
   */
  private static final int PARTITIONS_PER_CORE = 2;

  /** Rows that come to the driver at once: some 30 MB of names. */
  private static final int VIDEOS_PER_PARTITION = 200_000;

  /**
   * Some of the videos.
   *
   * @param videos partitions that are stretches of the order of ids
   * @param firstId the least id; no other wave of this iterator has videos from here to {@code
   *     lastId}
   * @param lastId the greatest id
   */
  public record Wave(Dataset<Row> videos, String firstId, String lastId) {}

  private final SparkSession spark;
  private final StructType schema;
  private final int idColumn;
  private final int bytesColumn;
  private final int videosPerWave;
  private final Iterator<Row> videos;

  /**
   * @param pending with {@code video_id} and {@code video_bytes}
   * @param atMost no more videos than these are pending
   */
  public VideoWaves(SparkSession spark, Dataset<Row> pending, long atMost, int videosPerWave) {
    this.spark = spark;
    this.schema = pending.schema();
    this.idColumn = schema.fieldIndex("video_id");
    this.bytesColumn = schema.fieldIndex(VideoWeight.BYTES);
    this.videosPerWave = videosPerWave;
    this.videos = pending.isLocal() ? sorted(pending) : inOrder(pending, atMost).toLocalIterator();
  }

  /** Rows that the driver has, in the order that Spark gives them: that of UTF-8 bytes. */
  private Iterator<Row> sorted(Dataset<Row> pending) {
    return pending.collectAsList().stream()
        .sorted(Comparator.comparing(this::idBytes, Arrays::compareUnsigned))
        .iterator();
  }

  private byte[] idBytes(Row video) {
    return video.getString(idColumn).getBytes(StandardCharsets.UTF_8);
  }

  /** Few videos need no shuffle, and no sample of them that would say where to divide. */
  private static Dataset<Row> inOrder(Dataset<Row> pending, long atMost) {
    int partitions = Math.toIntExact(atMost / VIDEOS_PER_PARTITION + 1);
    Dataset<Row> stretches =
        partitions == 1
            ? pending.coalesce(1)
            : pending.repartitionByRange(partitions, col("video_id"));
    return stretches.sortWithinPartitions("video_id");
  }

  @Override
  public boolean hasNext() {
    return videos.hasNext();
  }

  @Override
  public Wave next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    List<Row> wave = new ArrayList<>();
    while (wave.size() < videosPerWave && videos.hasNext()) {
      wave.add(videos.next());
    }
    int partitions =
        Math.min(wave.size(), PARTITIONS_PER_CORE * spark.sparkContext().defaultParallelism());
    List<List<Row>> stretches = split(wave, partitions);
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return new Wave(
        spark.createDataFrame(
            context.parallelize(stretches, stretches.size()).flatMap(List::iterator), schema),
        wave.get(0).getString(idColumn),
        wave.get(wave.size() - 1).getString(idColumn));
  }

  /**
   * Contiguous stretches of about equal weight; none is empty. Spark begins them in this order: the
   * heaviest first, so that the wave's end does not wait for one that was begun last.
   */
  private List<List<Row>> split(List<Row> wave, int partitions) {
    double total = weight(wave);
    List<List<Row>> stretches = new ArrayList<>();
    List<Row> stretch = new ArrayList<>();
    double before = 0;
    for (Row video : wave) {
      stretch.add(video);
      before += weight(video);
      if (before >= total * (stretches.size() + 1) / partitions) {
        stretches.add(stretch);
        stretch = new ArrayList<>();
      }
    }
    if (!stretch.isEmpty()) {
      stretches.add(stretch);
    }
    stretches.sort(Comparator.<List<Row>>comparingLong(this::weight).reversed());
    return stretches;
  }

  private long weight(Row video) {
    return VideoWeight.of(video, bytesColumn);
  }

  private long weight(List<Row> videos) {
    return videos.stream().mapToLong(this::weight).sum();
  }
}

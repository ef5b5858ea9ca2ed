package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import io.tokenreel.input.LocalRows;
import io.tokenreel.pipeline.input.VideoWeight;
import java.util.LongSummaryStatistics;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Pending videos, divided by how long they take. A large one alone keeps a core busy for longer
 * than an average wave keeps all of them: in a wave it would have the others wait for it, and at
 * the end of a run the whole cluster. Large ones are therefore begun first, and go on beside the
 * waves of the others.
 *
 * @param videos how many there are of both
 * @param large what is worth it; empty as a rule
 * @param ordinary all others
 */
public record VideoLanes(long videos, Optional<Dataset<Row>> large, Dataset<Row> ordinary) {

  /** Below this a video is done in seconds, however short the others are. */
  static final long LEAST_LARGE_BYTES = 256L << 20;

  /**
   * Divides videos.
   *
   * @param pending with {@code video_bytes}; is read twice, without a job where it is local
   * @param videosPerWave how many make a wave
   * @param cores of the cluster
   */
  public static VideoLanes of(Dataset<Row> pending, int videosPerWave, int cores) {
    Column weight = VideoWeight.column();
    Weights all = pending.isLocal() ? Weights.added(pending) : Weights.asked(pending);
    if (all.videos == 0) {
      return new VideoLanes(all.videos, Optional.empty(), pending);
    }
    double wave = all.mean * Math.min(all.videos, videosPerWave);
    double bound = Math.max(LEAST_LARGE_BYTES, wave / cores);
    return all.most <= bound
        ? new VideoLanes(all.videos, Optional.empty(), pending)
        : new VideoLanes(
            all.videos,
            Optional.of(LocalRows.derived(pending, pending.filter(weight.gt(bound)))),
            LocalRows.derived(pending, pending.filter(weight.leq(bound))));
  }

  /**
   * The weights of videos; of none, those are 0.
   *
   * @param mean of a video
   * @param most of any video
   */
  private record Weights(long videos, double mean, long most) {

    /** Of rows that the driver has. */
    static Weights added(Dataset<Row> pending) {
      int bytesColumn = pending.schema().fieldIndex(VideoWeight.BYTES);
      LongSummaryStatistics weights =
          pending.collectAsList().stream()
              .mapToLong(video -> VideoWeight.of(video, bytesColumn))
              .summaryStatistics();
      return weights.getCount() == 0
          ? new Weights(0, 0, 0)
          : new Weights(weights.getCount(), weights.getAverage(), weights.getMax());
    }

    /** Of rows that Spark has. */
    static Weights asked(Dataset<Row> pending) {
      Column weight = VideoWeight.column();
      Row all = pending.agg(count(lit(1)), avg(weight), max(weight)).first();
      return all.getLong(0) == 0
          ? new Weights(0, 0, 0)
          : new Weights(all.getLong(0), all.getDouble(1), all.getLong(2));
    }
  }
}

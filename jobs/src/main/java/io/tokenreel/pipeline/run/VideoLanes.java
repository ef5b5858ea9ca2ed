package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import io.tokenreel.pipeline.input.VideoWeight;
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
   * @param pending with {@code video_bytes}; is read twice
   * @param videosPerWave how many make a wave
   * @param cores of the cluster
   */
  public static VideoLanes of(Dataset<Row> pending, int videosPerWave, int cores) {
    Column weight = VideoWeight.column();
    Row all = pending.agg(count(lit(1)), avg(weight), max(weight)).first();
    long videos = all.getLong(0);
    if (videos == 0) {
      return new VideoLanes(videos, Optional.empty(), pending);
    }
    double wave = all.getDouble(1) * Math.min(videos, videosPerWave);
    double bound = Math.max(LEAST_LARGE_BYTES, wave / cores);
    return all.getLong(2) <= bound
        ? new VideoLanes(videos, Optional.empty(), pending)
        : new VideoLanes(
            videos,
            Optional.of(pending.filter(weight.gt(bound))),
            pending.filter(weight.leq(bound)));
  }
}

package io.tokenreel.sweep;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max_by;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.VideoContent;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.files.UserPath;
import io.tokenreel.pipeline.run.CacheKeys;
import io.tokenreel.sql.Columns;
import io.tokenreel.video.Outcome;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The videos of a sweep: their manifest, and what became of them. */
final class SweepVideos {

  private static final StructType MANIFEST =
      new StructType()
          .add("video_id", DataTypes.StringType, false)
          .add("video_uri", DataTypes.StringType, false);

  private static final StructType CONTENTS =
      new StructType()
          .add(VideoContent.ID, DataTypes.StringType, false)
          .add(VideoContent.SHA256, DataTypes.StringType, true);

  private static final StructType ID =
      new StructType().add("video_id", DataTypes.StringType, false);

  private final SparkSession spark;
  private final Path output;
  private final Map<String, String> uris = new LinkedHashMap<>(); // by id

  SweepVideos(SparkSession spark, Path output, List<SweepTask.Read> tasks) {
    this.spark = spark;
    this.output = output;
    tasks.forEach(read -> uris.putAll(read.videos()));
  }

  /** The videos that are there, {@code video_id, video_uri}. */
  Dataset<Row> rows() {
    return spark.createDataFrame(
        uris.entrySet().stream()
            .map(video -> RowFactory.create(video.getKey(), video.getValue()))
            .toList(),
        MANIFEST);
  }

  long count() {
    return uris.size();
  }

  /** Writes a manifest of them beside the tables, and says where it is. */
  String manifest() {
    Path manifest = UserPath.below(output, "videos.parquet");
    rows().coalesce(1).write().mode("overwrite").parquet(manifest.toString());
    return UserPath.text(manifest);
  }

  /**
   * What the bytes of the videos were in a run, {@code video_id, content_sha256}; another root's
   * videos have the same ids.
   */
  Dataset<Row> contents(String runId) throws IOException {
    List<Row> rows =
        ofRun(runId).select(Columns.quoted(VideoContent.COLUMNS)).collectAsList(); // one per video
    return spark.createDataFrame(rows, CONTENTS);
  }

  /** Why the videos of a task cannot be asked about; null where one of them can. */
  String failure(SweepTask.Read read, String runId) throws IOException {
    Map<String, String> own = read.videos();
    Dataset<Row> ids =
        spark
            .createDataFrame(own.keySet().stream().map(RowFactory::create).toList(), ID)
            .toDF("video_id");
    Dataset<Row> found = ofRun(runId).join(broadcast(ids), new String[] {"video_id"}, "left_semi");
    Dataset<Row> failed = found.filter(col("outcome").equalTo(Outcome.FAILED.name()));
    if (failed.count() < own.size()) {
      return null;
    }
    Row first = failed.orderBy("video_id").first();
    return "all %d videos FAILED, such as %s: %s (%s)"
        .formatted(
            own.size(), first.getAs("video_id"), first.getAs("reason"), first.getAs("detail"));
  }

  private Dataset<Row> ofRun(String runId) throws IOException {
    return CommittedRows.of(spark, output, CacheTable.OUTCOMES)
        .filter(col("run_id").equalTo(runId));
  }

  /** How a model encodes the frames of a sampling. */
  EncodingSetting encoding(String model, String sampling) throws IOException {
    return new CacheKeys(spark, output).encoding(model, sampling);
  }

  /** Features of an encoder and a sampling, whatever the bytes of the videos were. */
  Dataset<Row> features(EncodingSetting encoding) throws IOException {
    return CommittedRows.of(spark, output, CacheTable.FEATURES).filter(encoding.matches());
  }

  /** The features of these very bytes. */
  Dataset<Row> features(EncodingSetting encoding, Dataset<Row> contents) throws IOException {
    return VideoContent.within(features(encoding), broadcast(contents));
  }

  /** Times of each video's sampled frames, by id. */
  static Map<String, double[]> frameSeconds(Dataset<Row> features) {
    Map<String, double[]> frames = new HashMap<>();
    for (Row row :
        features
            .groupBy("video_id")
            .agg(max_by(col("frame_seconds"), col("created_at")))
            .collectAsList()) {
      frames.put(
          row.getString(0), row.<Double>getList(1).stream().mapToDouble(each -> each).toArray());
    }
    return frames;
  }
}

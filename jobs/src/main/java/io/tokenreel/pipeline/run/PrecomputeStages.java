package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;

import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.WriterVersion;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.sql.Columns;
import io.tokenreel.stage.FrameDecoder;
import io.tokenreel.stage.StageCounters;
import io.tokenreel.stage.VisionEncoder;
import io.tokenreel.video.Outcome;
import io.tokenreel.video.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.Transformer;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The pipeline of a video: decode and encode as an MLlib pipeline, and all compressions after it;
 * and the flat columns that the cache's tables are made of.
 */
final class PrecomputeStages {

  private final PrecomputeSettings settings;
  private final EncodingSetting encoding;
  private final String model;
  private final int framesPerStep;
  private final Compressions compressions;
  private final StageCounters decoded;
  private final StageCounters encoded;
  private final PipelineModel pipeline;

  /**
   * @param encoding as the cache names it
   */
  PrecomputeStages(
      SparkContext context,
      PrecomputeSettings settings,
      VisionInfo vision,
      EncodingSetting encoding) {
    this.settings = settings;
    this.encoding = encoding;
    this.model = vision.model();
    this.framesPerStep = vision.grid().framesPerStep();
    this.decoded = StageCounters.register(context, "decode");
    this.encoded = StageCounters.register(context, "encode");
    List<Transformer> stages = new ArrayList<>();
    stages.add(
        new FrameDecoder()
            .setIdCol("video_id")
            .setLengthCol("video_bytes")
            .setSampling(settings.sampling())
            .setFit(vision.fit().toString())
            .setCheck(settings.check())
            .setTimeoutSeconds(settings.decodeTimeoutSeconds())
            .setMemoryMegabytes(settings.decodeMemoryMegabytes())
            .setMaxDurationHours(settings.maxDurationHours())
            .setDecodeAheadBytes((long) settings.decodeAheadMegabytes() << 20)
            .countIn(decoded));
    stages.add(
        new VisionEncoder()
            .setModelUrl(settings.model())
            .setDevice(settings.device())
            .setComputeDtype(settings.computeDtype())
            .setBatchSize(settings.batchFrames())
            .setTokenDtype(settings.tokenDtype())
            .setMaxVideoTokens(settings.maxVideoTokens() == null ? 0 : settings.maxVideoTokens())
            .countIn(encoded));
    this.compressions = new Compressions(settings.compressions(), "tokens");
    this.pipeline = new PipelineModel("precompute", stages.toArray(Transformer[]::new));
  }

  /** Of each step its first frame's time. */
  private Column frameSeconds() {
    Column steps = sequence(lit(0), col("tokens.frames").minus(1));
    Column seconds =
        transform(
            steps,
            step -> get(col("frames.pts_micros"), step.multiply(framesPerStep)).divide(lit(1e6)));
    return when(col("tokens").isNotNull(), seconds);
  }

  StageCounters decoded() {
    return decoded;
  }

  StageCounters encoded() {
    return encoded;
  }

  /**
   * Runs the stages over videos and flattens what they gave: one row per video, with the columns of
   * {@code outcomes/}, those that every table has, {@code block} (NULL unless features are kept),
   * and {@link Compressions#cells}; both are NULL for a FAILED video.
   */
  Dataset<Row> run(Dataset<Row> videos) {
    Dataset<Row> rows = compressions.append(pipeline.transform(videos));
    List<Column> columns = new ArrayList<>();
    Arrays.stream(videos.columns())
        .filter(name -> !name.equals("video_bytes"))
        .map(Columns::quoted)
        .forEach(columns::add);
    Column refusal = compressions.refusal();
    Column unencoded = col("encoding.error").isNotNull();
    columns.addAll(encoding.literals());
    Column failed = unencoded.or(refusal.isNotNull());
    columns.addAll(
        List.of(
            when(failed, Outcome.FAILED.name()).otherwise(col("frames.outcome")).as("outcome"),
            when(unencoded, col("encoding.reason"))
                .when(refusal.isNotNull(), Reason.COMPRESSION_ERROR.label())
                .otherwise(col("frames.reason"))
                .as("reason"),
            coalesce(col("encoding.error"), refusal, col("frames.detail")).as("detail"),
            col("frames.content_sha256"),
            col("frames.input_bytes"),
            col("frames.frames_decoded"),
            col("frames.decode_errors"),
            col("frames.decode_ms"),
            col("encoding.encode_ms"),
            col("frames.attempts"),
            lit(model).as("model_name"),
            col("encoding.separator_rows"),
            col("encoding.layout"),
            frameSeconds().as("frame_seconds"),
            col("frames.source_frames"),
            col("frames.source_rate"),
            col("frames.frame_index"),
            when(col("tokens").isNotNull(), CacheRows.grid("tokens")).as("grid"),
            compressions.millis().as("compress_ms"),
            when(failed.or(lit(!settings.keepFeatures())), lit(null))
                .otherwise(col("tokens"))
                .as("block"),
            compressions.cells(),
            lit(WriterVersion.text()).as("writer_version"),
            current_timestamp().as("created_at")));
    return rows.select(columns.toArray(Column[]::new));
  }
}

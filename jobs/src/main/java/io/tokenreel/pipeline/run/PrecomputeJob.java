package io.tokenreel.pipeline.run;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.commit.ForgottenIds;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.files.UserPath;
import io.tokenreel.input.LocalRows;
import io.tokenreel.model.Models;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.pipeline.input.VideoInputs;
import io.tokenreel.pipeline.setting.ComputeOption;
import io.tokenreel.pipeline.setting.DeviceCheck;
import io.tokenreel.pipeline.setting.FfmpegCheck;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.pipeline.setting.SignalsCheck;
import io.tokenreel.pipeline.setting.TokenDtypeCheck;
import io.tokenreel.pipeline.setting.VideoSizeCheck;
import io.tokenreel.stage.ContentHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * From videos to a committed token cache: lists the videos, leaves out what is committed, and takes
 * the rest wave by wave through decode, encode and compress.
 */
public final class PrecomputeJob {

  private final SparkSession spark;
  private final Progress progress;
  private final PrecomputeStart begun;
  private PrecomputeSettings settings; // as asked for, until the run settles its compute type

  public PrecomputeJob(SparkSession spark, PrecomputeSettings settings, Progress progress) {
    this(spark, settings, progress, PrecomputeStart.silent());
  }

  public PrecomputeJob(
      SparkSession spark, PrecomputeSettings settings, Progress progress, PrecomputeStart begun) {
    this.spark = spark;
    this.settings = settings;
    this.progress = progress;
    this.begun = begun;
  }

  public RunSummary run() throws IOException {
    long start = System.nanoTime();
    TokenCacheWriter.requireTable(spark, UserPath.of(settings.output()), settings.table());
    DeviceCheck.require(spark, settings.device());
    FfmpegCheck.require(spark);
    settings =
        settings.computing(
            ComputeOption.settle(
                spark, settings.model(), settings.device(), settings.computeDtype()));
    VisionInfo vision = describeModel();
    VideoSizeCheck.require(settings, vision);
    SignalsCheck.require(settings.compressions(), vision);
    progress.doing("precompute", "listing the videos");
    try (VideoInputs.Found found = VideoInputs.list(spark, settings.inputs(), settings.idRoot())) {
      return run(found, vision, start);
    }
  }

  private RunSummary run(VideoInputs.Found found, VisionInfo vision, long start)
      throws IOException {
    Path output = UserPath.of(settings.output());
    begun.of(settings, vision, first(found.videos()), limited(found.count()));
    try (TokenCacheWriter writer = TokenCacheWriter.open(spark, output, settings.table());
        Progress shown = progress) {
      ForgottenIds forgotten = writer.forgotten();
      Dataset<Row> taken = LocalRows.derived(found.videos(), forgotten.leftOutOf(found.videos()));
      long takenVideos = forgotten.isEmpty() ? found.count() : LocalRows.count(taken);
      Dataset<Row> videos = first(taken);
      long count = limited(takenVideos);
      RunRecord run =
          settings
              .runRecord(new CacheKeys(spark, output).encoder(settings.model()), count)
              .leavingOut(found.leftOut().byReason());
      TokenDtypeCheck.require(writer, run, settings.tokenDtype());
      writer.describe(vision, run.encoder());
      Work work =
          new Work(
              new PrecomputeStages(spark.sparkContext(), settings, vision, run.encoding()),
              run,
              Duration.ofSeconds(settings.decodeTimeoutSeconds()));
      CacheRun.Result result =
          new CacheRun(spark, writer, run, settings.videosPerCommit())
              .over(videos, work, shown, output);
      return RunSummary.of(
          writer.committedRows(CacheTable.OUTCOMES),
          run,
          settings.output(),
          new RunSummary.Input(takenVideos, found.count() - takenVideos, found.leftOut()),
          result,
          new RunSummary.Written(
              run.encoder(),
              vision.model(),
              settings.tokenDtype(),
              writer.bytesCommitted(),
              Computed.of(settings.model(), work.stages().encoded())),
          (System.nanoTime() - start) / 1e9);
    }
  }

  private Dataset<Row> first(Dataset<Row> videos) {
    return settings.limit() == null
        ? videos
        : LocalRows.derived(videos, videos.orderBy("video_id").limit(settings.limit()));
  }

  private long limited(long videos) {
    return settings.limit() == null ? videos : Math.min(settings.limit(), videos);
  }

  private VisionInfo describeModel() {
    try {
      return Models.describe(settings.model(), spark.sparkContext().hadoopConfiguration());
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw SettingsException.ofModel(settings.model(), e);
    }
  }

  /**
   * Decode, encode and compress.
   *
   * @param wall time that one video may take to be read
   */
  private record Work(PrecomputeStages stages, RunRecord run, Duration wall)
      implements CacheRun.Work {

    @Override
    public Dataset<Row> withDigest(Dataset<Row> videos) {
      return ContentHash.append(videos, wall);
    }

    @Override
    public Dataset<Row> compute(VideoWaves.Wave wave) {
      return stages.run(wave.videos());
    }

    @Override
    public Dataset<Row> rows(CacheTable table, Dataset<Row> computed) {
      return switch (table) {
        case TOKENS -> CacheRows.tokens(computed);
        case FEATURES -> CacheRows.features(computed);
        case OUTCOMES -> CacheRows.outcomes(computed, run.runId());
        case SELECTIONS, CONTENTS, ANSWERS ->
            throw new IllegalStateException("precompute writes no " + table.folder());
      };
    }

    @Override
    public Progress.Counts counts(Progress.Counts committed) {
      long undecoded = stages.decoded().failed().value();
      long failed = undecoded + stages.encoded().failed().value();
      return new Progress.Counts(
          stages.encoded().videos().value() + undecoded,
          stages.decoded().degraded().value(),
          Math.max(failed, committed.failed())); // that knows the compressions' refusals, too
    }
  }
}

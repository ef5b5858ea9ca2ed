package io.tokenreel.pipeline;

import io.tokenreel.compress.Compressors;
import io.tokenreel.model.ComputeChoice;
import io.tokenreel.model.Models;
import io.tokenreel.pipeline.run.PrecomputeJob;
import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.pipeline.run.RunSummary;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.video.FrameFit;
import io.tokenreel.video.SamplingSpec;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * From videos to a committed token cache, in a session that is there already, as {@code tokenreel
 * precompute} does it: what is committed is not computed again. No setting of the session changes.
 *
 * <pre>{@code
 * RunSummary summary =
 *     Precompute.into("/data/cache")
 *         .inputs("/data/videos")
 *         .model("/models/Qwen2.5-VL-7B-Instruct")
 *         .sampling("qwen:rule=utils")
 *         .compressions("none", "vidcom2:retention=0.25")
 *         .run(spark);
 * }</pre>
 *
 * <p>Used by one thread.
 */
public final class Precompute {

  private final String output;
  private List<String> inputs = List.of();
  private String idRoot;
  private String table;
  private String model = Models.DEFAULT;
  private String sampling = PrecomputeSettings.SAMPLING;
  private List<String> compressions = List.of(Compressors.DEFAULT);
  private boolean keepsFeatures;
  private String tokenDtype = "bf16";
  private String device = "auto";
  private String computeDtype = ComputeChoice.AUTO.toString();
  private int batchFrames = PrecomputeSettings.BATCH_FRAMES;
  private String check = PrecomputeSettings.CHECK;
  private int videosPerCommit = PrecomputeSettings.VIDEOS_PER_COMMIT;
  private Integer limit;
  private Integer maxVideoTokens;

  private Precompute(String output) {
    this.output = output;
  }

  /**
   * Begins with the defaults of the command.
   *
   * @param output the cache's folder, made when it is not there, added to when it is
   */
  public static Precompute into(String output) {
    return new Precompute(output);
  }

  /** Sets folders, files, globs or manifests, on any Hadoop file system; required. */
  public Precompute inputs(String... paths) {
    inputs = List.of(paths);
    return this;
  }

  /** Sets the folder below which a video's path is its id. */
  public Precompute idRoot(String folder) {
    idRoot = folder;
    return this;
  }

  /** Sets the tables, {@code CATALOG.DB.NAME}, of an Iceberg or Delta catalog of the session. */
  public Precompute table(String name) {
    table = name;
    return this;
  }

  /** Sets the checkpoint folder, with {@code #KEY=VALUE&...} for settings of its family. */
  public Precompute model(String folder) {
    model = folder;
    return this;
  }

  /**
   * Sets how frames are sized, for the model that is set.
   *
   * @throws IllegalArgumentException as {@link FrameFit#parse} does
   */
  public Precompute fit(String spec) {
    FrameFit.parse(spec);
    model = Models.withFit(model, spec);
    return this;
  }

  /**
   * Sets which frames are taken.
   *
   * @throws IllegalArgumentException as {@link SamplingSpec#parse} does
   */
  public Precompute sampling(String spec) {
    sampling = SamplingSpec.parse(spec).toString();
    return this;
  }

  /**
   * Sets what is kept; with several, videos are decoded and encoded once. None keeps features
   * alone.
   *
   * @throws IllegalArgumentException as {@link Compressors#of} does
   */
  public Precompute compressions(String... specs) {
    compressions = Specs.compressions(specs);
    return this;
  }

  /** Keeps the uncompressed tokens too. */
  public Precompute keepFeatures() {
    keepsFeatures = true;
    return this;
  }

  /**
   * Sets how tokens are stored.
   *
   * @param label f32, f16, bf16, int8 or fp8
   */
  public Precompute tokenDtype(String label) {
    tokenDtype = TokenFormat.of(label).label();
    return this;
  }

  /** Sets where the vision tower runs: auto, cpu, cuda or cuda:N. */
  public Precompute device(String name) {
    device = name;
    return this;
  }

  /**
   * Sets what the vision tower computes in: auto, f32, bf16 or f16; auto is bf16 on a GPU and f32
   * on a CPU, unless the model's name says a type.
   *
   * @throws IllegalArgumentException as {@link ComputeChoice#parse} does
   */
  public Precompute computeDtype(String word) {
    computeDtype = ComputeChoice.parse(word).toString();
    return this;
  }

  /** Sets the frames of a pass on a GPU, at least 1. */
  public Precompute batchFrames(int frames) {
    batchFrames = frames;
    return this;
  }

  /** Decodes every video to its end, to find damage behind the sampled frames. */
  public Precompute checkAll() {
    check = "full";
    return this;
  }

  /**
   * Sets the videos of a wave, at least 1: a crash loses one wave at most, and one of large videos.
   */
  public Precompute videosPerCommit(int videos) {
    videosPerCommit = videos;
    return this;
  }

  /** Takes only the first videos, by id. */
  public Precompute limit(int videos) {
    limit = videos;
    return this;
  }

  /** Sets the most tokens of a video before compression; one of more is FAILED. */
  public Precompute maxVideoTokens(int tokens) {
    maxVideoTokens = tokens;
    return this;
  }

  /**
   * Runs, and returns when all is committed.
   *
   * @throws SettingsException for a setting that cannot be, before any work
   * @throws IOException when the output cannot be written
   */
  public RunSummary run(SparkSession spark) throws IOException {
    PrecomputeSettings settings =
        new PrecomputeSettings(
            inputs,
            output,
            table,
            model,
            sampling,
            compressions,
            keepsFeatures,
            tokenDtype,
            device,
            computeDtype,
            batchFrames,
            check,
            PrecomputeSettings.DECODE_TIMEOUT_SECONDS,
            PrecomputeSettings.DECODE_MEMORY_MEGABYTES,
            PrecomputeSettings.MAX_DURATION_HOURS,
            PrecomputeSettings.DECODE_AHEAD_MEGABYTES,
            videosPerCommit,
            idRoot,
            limit,
            maxVideoTokens);
    return new PrecomputeJob(spark, settings, Progress.silent()).run();
  }
}

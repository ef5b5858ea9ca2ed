package io.tokenreel.cli;

import io.tokenreel.compress.Compressors;
import io.tokenreel.model.Models;
import io.tokenreel.pipeline.run.PrecomputeJob;
import io.tokenreel.pipeline.run.PrecomputeStart;
import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.pipeline.run.RunSummary;
import io.tokenreel.pipeline.setting.ComputeOption;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.pipeline.setting.SettingsException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of {@code tokenreel precompute}. */
@Command(
    name = "precompute",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Decodes videos, encodes and compresses their frames, and commits the tokens to a cache.",
    footerHeading = CommandHelp.EXAMPLES,
    footer = {
      "  tokenreel precompute --input /data/videos --output /data/cache",
      "  tokenreel precompute --input videos.csv --output hdfs:///cache --model /models/llava-onevision \\",
      "      --compression vidcom2:retention=0.25 none --keep-features"
    })
final class PrecomputeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--input",
      required = true,
      arity = "1..*",
      paramLabel = "PATH",
      description =
          "a folder (walked), files, a glob, or a manifest (.csv, .tsv, .json, .jsonl or .parquet; text ones compressed as well) with video_uri; on any Hadoop file system")
  private List<String> inputs;

  @Option(
      names = "--id-root",
      paramLabel = "DIR",
      description =
          "the ids of videos are their paths below this folder, whichever input names them; those of a manifest's video_id column stand (default: the path below the folder that is walked, a file's name, a manifest's video_uri)")
  private String idRoot;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "take only the first N videos, in the order of their ids (default: all)")
  private Integer limit;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "the cache's folder: made when it is not there, added to when it is")
  private String output;

  @Mixin private TableOption table;

  @Option(
      names = "--model",
      defaultValue = "default",
      paramLabel = "DIR",
      description =
          "checkpoint folder in Hugging Face layout, with #KEY=VALUE&... for settings that go before those of its config.json; djl:FOLDER, a folder with an encoder in TorchScript or ONNX and tokenreel.yaml; or default (default: ${DEFAULT-VALUE})")
  private String model;

  @Option(
      names = "--encoder",
      paramLabel = "djl:FOLDER",
      description =
          "in place of --model: a vision encoder that has no language model, a TorchScript or ONNX file with a tokenreel.yaml")
  private String encoder;

  @Option(
      names = "--fit",
      converter = Specs.Fit.class,
      paramLabel = "SPEC",
      description =
          "how frames are sized, for a model that takes more than one size: smart:min=PIXELS,max=PIXELS, or fixed:HEIGHTxWIDTH; part of the encoder's name (default: as the checkpoint says)")
  private String fit;

  @Option(
      names = "--max-video-tokens",
      paramLabel = "N",
      description =
          "a video of more tokens before compression is not encoded but FAILED (too_many_tokens); at least 1 (default: any number that a row holds)")
  private Integer maxVideoTokens;

  @Option(
      names = "--sampling",
      defaultValue = PrecomputeSettings.SAMPLING,
      converter = Specs.Sampling.class,
      paramLabel = "SPEC",
      description =
          "which frames: uniform:frames=N, fps:rate=R,max=N, keyframes:max=N, qwen:rule=WORD or"
              + " llava_video (default: ${DEFAULT-VALUE})")
  private String sampling;

  @Option(
      names = "--compression",
      arity = "1..*",
      defaultValue = Compressors.DEFAULT,
      converter = Specs.Compression.class,
      paramLabel = "SPEC",
      description = "compression specs; several decode and encode once (default: ${DEFAULT-VALUE})")
  private List<String> compressions;

  @Option(
      names = "--keep-features",
      description = "keep the uncompressed tokens too, so that tokenreel compress needs no video")
  private boolean keepFeatures;

  @Option(
      names = "--token-dtype",
      defaultValue = "bf16",
      converter = Specs.Dtype.class,
      paramLabel = Specs.Dtype.LABEL,
      description =
          "how tokens are stored; selections are made on the stored values (default:"
              + " ${DEFAULT-VALUE})")
  private String tokenDtype;

  @Option(
      names = "--device",
      defaultValue = "auto",
      converter = Specs.Device.class,
      paramLabel = Specs.Device.LABEL,
      description = "where the vision tower runs" + Specs.Device.NUMBER)
  private String device;

  @Option(
      names = ComputeOption.NAME,
      defaultValue = ComputeOption.DEFAULT,
      converter = Specs.ComputeDtype.class,
      paramLabel = Specs.ComputeDtype.LABEL,
      description = ComputeOption.MEANING + "the vision tower" + ComputeOption.VALUES)
  private String computeDtype;

  @Option(
      names = "--batch-frames",
      defaultValue = "" + PrecomputeSettings.BATCH_FRAMES,
      paramLabel = "N",
      description =
          "frames that a GPU takes in one pass, and that a CPU's cores share out one by one, across"
              + " videos; at least 1 (default: ${DEFAULT-VALUE})")
  private int batchFrames;

  @Option(
      names = "--check",
      defaultValue = PrecomputeSettings.CHECK,
      converter = Specs.Check.class,
      paramLabel = "sampled|full",
      description =
          "sampled looks for damage on the way to the sampled frames, full decodes everything"
              + " (default: ${DEFAULT-VALUE})")
  private String check;

  @Option(
      names = "--decode-timeout",
      defaultValue = "" + PrecomputeSettings.DECODE_TIMEOUT_SECONDS,
      paramLabel = "SECONDS",
      description =
          "wall time, and as much processor time, that one video may take to decode; at least 1"
              + " (default: ${DEFAULT-VALUE})")
  private int decodeTimeoutSeconds;

  @Option(
      names = "--decode-memory",
      defaultValue = "" + PrecomputeSettings.DECODE_MEMORY_MEGABYTES,
      paramLabel = "MB",
      description =
          "memory that a decoder process may take; at least 192 (default: ${DEFAULT-VALUE})")
  private int decodeMemoryMegabytes;

  @Option(
      names = "--max-duration",
      defaultValue = "" + PrecomputeSettings.MAX_DURATION_HOURS,
      paramLabel = "HOURS",
      description =
          "a video that lasts longer is FAILED (too_large); at least 1 (default: ${DEFAULT-VALUE})")
  private int maxDurationHours;

  @Option(
      names = "--decode-ahead",
      defaultValue = "" + PrecomputeSettings.DECODE_AHEAD_MEGABYTES,
      paramLabel = "MB",
      description =
          "decoded frames that may wait for the encoder in each task; at least 1 (default:"
              + " ${DEFAULT-VALUE})")
  private int decodeAheadMegabytes;

  @Mixin private WaveOption wave;

  @Option(
      names = "--max-failed",
      paramLabel = "FRACTION",
      description =
          "exit with 3 when a larger fraction of the videos FAILED, 0 to 1 (default: any fraction"
              + " is reported, none is fatal)")
  private Double maxFailed;

  @Mixin private SessionOptions session;

  @Override
  public Integer call() throws IOException {
    PrecomputeSettings settings = settings();
    Progress progress = session.progress(spec.commandLine());
    progress.doing("precompute", Progress.STARTING);
    long start = System.nanoTime();
    try (CommandSession opened = session.open("precompute")) {
      SparkSession spark = opened.spark();
      double sparkSeconds = (System.nanoTime() - start) / 1e9;
      RunSummary summary = new PrecomputeJob(spark, settings, progress, start()).run();
      new SummaryPrinter(spec.commandLine(), session).print(summary, sparkSeconds);
      return maxFailed != null && summary.failedFraction() > maxFailed ? 3 : 0;
    }
  }

  private PrecomputeStart start() {
    boolean named =
        encoder != null || spec.commandLine().getParseResult().hasMatchedOption("--model");
    return PrecomputeStart.on(
        session.quiet() ? null : spec.commandLine().getErr(),
        named ? PrecomputeStart.Naming.NAMED : PrecomputeStart.Naming.BY_DEFAULT);
  }

  /** The model that is asked for by either option. */
  private String named() {
    if (encoder == null) {
      return model;
    }
    if (spec.commandLine().getParseResult().hasMatchedOption("--model")) {
      throw new SettingsException("--model and --encoder both name what encodes; give one of them");
    }
    return encoder;
  }

  private PrecomputeSettings settings() {
    if (maxFailed != null && !(maxFailed >= 0 && maxFailed <= 1)) {
      throw new SettingsException("--max-failed must be from 0 to 1; got " + maxFailed);
    }
    return new PrecomputeSettings(
        inputs,
        output,
        table.table(),
        fit == null ? named() : Models.withFit(named(), fit),
        sampling,
        compressions,
        keepFeatures,
        tokenDtype,
        device,
        computeDtype,
        batchFrames,
        check,
        decodeTimeoutSeconds,
        decodeMemoryMegabytes,
        maxDurationHours,
        decodeAheadMegabytes,
        wave.videosPerCommit(),
        idRoot,
        limit,
        maxVideoTokens);
  }
}

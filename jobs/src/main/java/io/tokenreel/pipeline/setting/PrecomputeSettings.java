package io.tokenreel.pipeline.setting;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.WriterVersion;
import io.tokenreel.model.ComputeChoice;
import io.tokenreel.video.DecodeLimits;
import java.util.ArrayList;
import java.util.List;

/**
 * The resolved options of one precompute run, checked; stored with the output.
 *
 * @param inputs folders, files, globs and manifests
 * @param output the cache's folder
 * @param table CATALOG.DB.NAME of the tables in a catalog; null for Parquet below the output
 * @param model checkpoint folder, or default
 * @param sampling canonical sampling spec
 * @param compressions canonical compression specs, each once; none where features alone are kept
 * @param keepFeatures whether the uncompressed tokens are kept
 * @param tokenDtype f32, f16, bf16, int8 or fp8
 * @param device auto, cpu, cuda or cuda:N
 * @param computeDtype auto, f32, bf16 or f16; once a run has begun, what it came to
 * @param batchFrames frames that are handed to the tower together; on a GPU one forward pass, while
 *     on the CPU a pass is always one frame, so that results are the same to the last bit
 * @param check sampled or full
 * @param decodeTimeoutSeconds wall time per video
 * @param decodeMemoryMegabytes memory of a decoder process
 * @param maxDurationHours that a video may last
 * @param decodeAheadMegabytes decoded frames that may wait in each task
 * @param videosPerCommit videos in one wave
 * @param idRoot folder below which a video's path is its id; null for ids as the inputs give them
 * @param limit videos to take, the first by id; null for all
 * @param maxVideoTokens most tokens of a video before compression; null for any number
 */
public record PrecomputeSettings(
    List<String> inputs,
    String output,
    String table,
    String model,
    String sampling,
    List<String> compressions,
    boolean keepFeatures,
    String tokenDtype,
    String device,
    String computeDtype,
    int batchFrames,
    String check,
    int decodeTimeoutSeconds,
    int decodeMemoryMegabytes,
    int maxDurationHours,
    int decodeAheadMegabytes,
    int videosPerCommit,
    String idRoot,
    Integer limit,
    Integer maxVideoTokens) {

  public static final String SAMPLING = "uniform:frames=32";
  public static final int BATCH_FRAMES = 32;
  public static final String CHECK = "sampled";
  public static final int DECODE_TIMEOUT_SECONDS = 600;
  public static final int DECODE_MEMORY_MEGABYTES = 512;
  public static final int MAX_DURATION_HOURS = 12;
  public static final int DECODE_AHEAD_MEGABYTES = 256;
  public static final int VIDEOS_PER_COMMIT = 1000;

  public PrecomputeSettings {
    inputs = List.copyOf(inputs);
    compressions = List.copyOf(compressions);
    if (inputs.isEmpty()) {
      throw new SettingsException(
          "--input names nothing: give folders, files, globs or manifests of videos");
    }
    if (compressions.stream().distinct().count() < compressions.size()) {
      throw new SettingsException(
          "--compression names one setting twice (in canonical form): " + compressions);
    }
    if (compressions.isEmpty() && !keepFeatures) {
      throw new SettingsException(
          "nothing would be written: name a --compression, or give --keep-features");
    }
    if (!List.of("sampled", "full").contains(check)) {
      throw new SettingsException("--check must be sampled or full; got " + check);
    }
    requireAtLeast("--batch-frames", batchFrames, 1);
    requireAtLeast("--decode-timeout", decodeTimeoutSeconds, 1);
    requireAtLeast("--decode-memory", decodeMemoryMegabytes, DecodeLimits.LEAST_MEGABYTES);
    requireAtLeast("--max-duration", maxDurationHours, 1);
    if (maxDurationHours > DecodeLimits.MOST_HOURS) {
      throw new SettingsException(
          "--max-duration must be at most %d hours; got %d"
              .formatted(DecodeLimits.MOST_HOURS, maxDurationHours));
    }
    requireAtLeast("--decode-ahead", decodeAheadMegabytes, 1);
    requireAtLeast("--videos-per-commit", videosPerCommit, 1);
    if (limit != null) {
      requireAtLeast("--limit", limit, 1);
    }
    if (maxVideoTokens != null) {
      requireAtLeast("--max-video-tokens", maxVideoTokens, 1);
    }
  }

  /**
   * Settings of a command that leaves decoding and the compute type at their defaults, and writes
   * Parquet. Without compressions the features are kept, with some the tokens alone.
   */
  public static PrecomputeSettings of(
      List<String> inputs,
      String output,
      String model,
      String sampling,
      List<String> compressions,
      String tokenDtype,
      String device,
      int videosPerCommit) {
    return new PrecomputeSettings(
        inputs,
        output,
        null,
        model,
        sampling,
        compressions,
        compressions.isEmpty(),
        tokenDtype,
        device,
        ComputeChoice.AUTO.toString(),
        BATCH_FRAMES,
        CHECK,
        DECODE_TIMEOUT_SECONDS,
        DECODE_MEMORY_MEGABYTES,
        MAX_DURATION_HOURS,
        DECODE_AHEAD_MEGABYTES,
        videosPerCommit,
        null,
        null,
        null);
  }

  /** The same settings, of a run that has settled what its model computes in. */
  public PrecomputeSettings computing(ComputeOption.Settled settled) {
    return new PrecomputeSettings(
        inputs,
        output,
        table,
        settled.model(),
        sampling,
        compressions,
        keepFeatures,
        tokenDtype,
        device,
        settled.computeDtype(),
        batchFrames,
        check,
        decodeTimeoutSeconds,
        decodeMemoryMegabytes,
        maxDurationHours,
        decodeAheadMegabytes,
        videosPerCommit,
        idRoot,
        limit,
        maxVideoTokens);
  }

  /** The record of a run of these settings that starts now. */
  public RunRecord runRecord(String encoder, long videos) {
    return RunRecord.started(
        RunIds.next(),
        "precompute",
        Options.of(this),
        videos,
        new RunRecord.Setting(new EncodingSetting(encoder, sampling), compressions, tables()),
        WriterVersion.text());
  }

  private List<CacheTable> tables() {
    List<CacheTable> tables = new ArrayList<>();
    if (!compressions.isEmpty()) {
      tables.add(CacheTable.TOKENS);
    }
    if (keepFeatures) {
      tables.add(CacheTable.FEATURES);
    }
    return tables;
  }

  private static void requireAtLeast(String option, int value, int least) {
    if (value < least) {
      throw new SettingsException("%s must be at least %d; got %d".formatted(option, least, value));
    }
  }
}

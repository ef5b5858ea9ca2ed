package io.tokenreel.cache;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.spark.sql.Column;

/**
 * What {@code runs/<run_id>.json} says about one run of a command. Older versions' records lack the
 * last members, newer versions' may have more.
 *
 * @param runId unique, and fit for a file name
 * @param state {@link #RUNNING}, {@link #DONE} or {@link #INTERRUPTED}
 * @param command the subcommand
 * @param options the resolved options, by name
 * @param inputVideos videos in the input, each of which gets one outcome
 * @param encoder family@revision
 * @param sampling canonical sampling spec
 * @param compressions canonical compression specs
 * @param tables folders of the tables that every OK or DEGRADED video gets rows in, outcomes aside
 * @param writerVersion the program's version
 * @param startedAt ISO-8601, UTC
 * @param finishedAt ISO-8601, UTC; null unless done
 * @param removedOutcomes outcomes of the run that were taken out of the tables since
 * @param leftOut how many names the listing of the input left out, by reason
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record RunRecord(
    String runId,
    String state,
    String command,
    Map<String, String> options,
    long inputVideos,
    String encoder,
    String sampling,
    List<String> compressions,
    List<String> tables,
    String writerVersion,
    String startedAt,
    String finishedAt,
    long removedOutcomes,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Long> leftOut) {

  public static final String RUNNING = "running";
  public static final String DONE = "done";

  /**
   * Cut off before it was done, as the next writer noticed. What it committed stands; a later run
   * does the rest.
   */
  public static final String INTERRUPTED = "interrupted";

  private static final List<String> STATES = List.of(RUNNING, DONE, INTERRUPTED);

  public RunRecord {
    if (!runId.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new IllegalArgumentException(
          "a run id is letters, digits, '.', '_' and '-'; got '" + runId + "'");
    }
    if (!STATES.contains(state)) {
      throw new IllegalArgumentException(
          "state must be one of " + STATES + "; got '" + state + "'");
    }
    List<String> known = Arrays.stream(CacheTable.values()).map(CacheTable::folder).toList();
    if (!known.containsAll(tables)) {
      throw new IllegalArgumentException("tables must be among " + known + "; got " + tables);
    }
    options = Collections.unmodifiableMap(new TreeMap<>(options));
    Objects.requireNonNull(encoder, "encoder");
    Objects.requireNonNull(sampling, "sampling");
    compressions = List.copyOf(compressions);
    tables = List.copyOf(tables);
    leftOut = leftOut == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(leftOut));
  }

  /** A run that starts now. */
  public static RunRecord started(
      String runId,
      String command,
      Map<String, String> options,
      long inputVideos,
      Setting setting,
      String writerVersion) {
    return new RunRecord(
        runId,
        RUNNING,
        command,
        options,
        inputVideos,
        setting.encoding().encoder(),
        setting.encoding().sampling(),
        setting.compressions(),
        setting.tables().stream().map(CacheTable::folder).toList(),
        writerVersion,
        Instant.now().toString(),
        null,
        0,
        Map.of());
  }

  /**
   * What a run computes for each video.
   *
   * @param encoding how videos are encoded
   * @param compressions canonical compression specs
   * @param tables the tables that get rows, outcomes aside
   */
  public record Setting(
      EncodingSetting encoding, List<String> compressions, List<CacheTable> tables) {

    public Setting {
      compressions = List.copyOf(compressions);
      tables = List.copyOf(tables);
    }

    /** Which rows of a table are under it. */
    public Column matches(CacheTable table) {
      return table.hasCompression()
          ? encoding.matches().and(CacheKey.compressedBy(compressions))
          : encoding.matches();
    }

    /** Keys that a video has in all tables when nothing is left to do. */
    public long keysPerVideo() {
      return tables.stream().mapToLong(this::rowsPerVideo).sum();
    }

    /** Rows that a video with tokens has in a table. */
    public int rowsPerVideo(CacheTable table) {
      return table.hasCompression() ? compressions.size() : 1;
    }
  }

  /** How the run's videos are encoded. */
  public EncodingSetting encoding() {
    return new EncodingSetting(encoder, sampling);
  }

  /** What the run computes for each video. */
  public Setting setting() {
    return new Setting(
        encoding(), compressions, tables.stream().map(CacheTable::ofFolder).toList());
  }

  /** The same run, done now. */
  public RunRecord finished() {
    return changed(DONE, Instant.now().toString(), options, removedOutcomes, leftOut);
  }

  /** The same run, cut off. */
  RunRecord interrupted() {
    return changed(INTERRUPTED, null, options, removedOutcomes, leftOut);
  }

  /** The same run, of whose outcomes so many more are removed. */
  public RunRecord withoutOutcomes(long more) {
    return changed(state, finishedAt, options, removedOutcomes + more, leftOut);
  }

  /** The same run with other words for its options. */
  public RunRecord withOptions(Map<String, String> others) {
    return changed(state, finishedAt, others, removedOutcomes, leftOut);
  }

  /** The same run, whose input has names that are no videos of it: how many, by reason. */
  public RunRecord leavingOut(Map<String, Long> byReason) {
    return changed(state, finishedAt, options, removedOutcomes, byReason);
  }

  private RunRecord changed(
      String newState,
      String newFinishedAt,
      Map<String, String> newOptions,
      long newRemoved,
      Map<String, Long> newLeftOut) {
    return new RunRecord(
        runId,
        newState,
        command,
        newOptions,
        inputVideos,
        encoder,
        sampling,
        compressions,
        tables,
        writerVersion,
        startedAt,
        newFinishedAt,
        newRemoved,
        newLeftOut);
  }
}

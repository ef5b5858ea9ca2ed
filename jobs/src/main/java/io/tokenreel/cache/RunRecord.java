package io.tokenreel.cache;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What {@code runs/<run_id>.json} says about one run of a command.
 *
 * @param runId unique, and fit for a file name
 * @param state {@link #RUNNING} or {@link #DONE}
 * @param command the subcommand
 * @param options the resolved options, by name
 * @param optionsDigest {@link #digest} of the options
 * @param inputVideos videos in the input, each of which gets one outcome
 * @param encoder name@revision
 * @param sampling canonical sampling spec
 * @param compressions canonical compression specs
 * @param tables folders of the tables that every OK or DEGRADED video gets rows in, outcomes aside
 * @param writerVersion the program's version
 * @param startedAt ISO-8601, UTC
 * @param finishedAt ISO-8601, UTC; null while running
 */
public record RunRecord(
    String runId,
    String state,
    String command,
    Map<String, String> options,
    String optionsDigest,
    long inputVideos,
    String encoder,
    String sampling,
    List<String> compressions,
    List<String> tables,
    String writerVersion,
    String startedAt,
    String finishedAt) {

  public static final String RUNNING = "running";
  public static final String DONE = "done";

  public RunRecord {
    if (!runId.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new IllegalArgumentException(
          "a run id is letters, digits, '.', '_' and '-'; got '" + runId + "'");
    }
    if (!state.equals(RUNNING) && !state.equals(DONE)) {
      throw new IllegalArgumentException(
          "state must be one of [" + RUNNING + ", " + DONE + "]; got '" + state + "'");
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
        digest(options),
        inputVideos,
        setting.encoder(),
        setting.sampling(),
        setting.compressions(),
        setting.tables().stream().map(CacheTable::folder).toList(),
        writerVersion,
        Instant.now().toString(),
        null);
  }

  /**
   * What a run computes for each video.
   *
   * @param encoder name@revision
   * @param sampling canonical sampling spec
   * @param compressions canonical compression specs
   * @param tables the tables that get rows, outcomes aside
   */
  public record Setting(
      String encoder, String sampling, List<String> compressions, List<CacheTable> tables) {}

  /** The same run, done now. */
  public RunRecord finished() {
    return new RunRecord(
        runId,
        DONE,
        command,
        options,
        optionsDigest,
        inputVideos,
        encoder,
        sampling,
        compressions,
        tables,
        writerVersion,
        startedAt,
        Instant.now().toString());
  }

  /** SHA-256 in hex of options in the order of their names: equal for equal options. */
  public static String digest(Map<String, String> options) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      new TreeMap<>(options)
          .forEach(
              (name, value) ->
                  digest.update((name + "\0" + value + "\0").getBytes(StandardCharsets.UTF_8)));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}

package io.tokenreel.pipeline.setting;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.WriterVersion;
import java.util.List;

/**
 * The resolved options of one compress run, checked; stored with the output.
 *
 * @param features the cache that holds the features
 * @param output the cache that is written to
 * @param table CATALOG.DB.NAME of the tables in a catalog; null for Parquet below the output
 * @param compressions canonical compression specs, each once
 * @param selectionsOnly whether no tokens are written
 * @param videosPerCommit videos in one wave
 */
public record CompressSettings(
    String features,
    String output,
    String table,
    List<String> compressions,
    boolean selectionsOnly,
    int videosPerCommit) {

  public CompressSettings {
    features = features.replaceFirst("/features/*$", "");
    compressions = List.copyOf(compressions);
    if (compressions.stream().distinct().count() < compressions.size()) {
      throw new SettingsException(
          "--compression names one setting twice (in canonical form): " + compressions);
    }
    if (videosPerCommit < 1) {
      throw new SettingsException("--videos-per-commit must be at least 1; got " + videosPerCommit);
    }
  }

  /** The tables that get rows. */
  List<CacheTable> tables() {
    return selectionsOnly
        ? List.of(CacheTable.SELECTIONS)
        : List.of(CacheTable.TOKENS, CacheTable.SELECTIONS);
  }

  /** The record of a run over the features of one encoder and sampling that starts now. */
  public RunRecord runRecord(EncodingSetting encoding, long videos) {
    return RunRecord.started(
        RunIds.next(),
        "compress",
        Options.of(this),
        videos,
        new RunRecord.Setting(encoding, compressions, tables()),
        WriterVersion.text());
  }
}

package io.tokenreel.pipeline;

import io.tokenreel.compress.Compressors;
import io.tokenreel.pipeline.run.CompressJob;
import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.pipeline.run.RunSummary;
import io.tokenreel.pipeline.setting.CompressSettings;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.pipeline.setting.SettingsException;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * From kept features to a committed token cache, in a session that is there already, as {@code
 * tokenreel compress} does it. No setting of the session changes. Used by one thread.
 */
public final class Compress {

  private final String features;
  private final String output;
  private String table;
  private List<String> compressions = List.of(Compressors.DEFAULT);
  private boolean selectionsOnly;
  private int videosPerCommit = PrecomputeSettings.VIDEOS_PER_COMMIT;

  private Compress(String features, String output) {
    this.features = features;
    this.output = output;
  }

  /**
   * Begins with the defaults of the command.
   *
   * @param features a cache that was precomputed with its features kept
   * @param output the cache's folder; may be the same
   */
  public static Compress from(String features, String output) {
    return new Compress(features, output);
  }

  /** Sets the tables, {@code CATALOG.DB.NAME}, of an Iceberg or Delta catalog of the session. */
  public Compress table(String name) {
    table = name;
    return this;
  }

  /**
   * Sets what is kept.
   *
   * @throws IllegalArgumentException as {@link Compressors#of} does
   */
  public Compress compressions(String... specs) {
    compressions = Specs.compressions(specs);
    return this;
  }

  /** Writes which tokens are kept, and no tokens. */
  public Compress selectionsOnly() {
    selectionsOnly = true;
    return this;
  }

  /** Sets the videos of a wave, at least 1. */
  public Compress videosPerCommit(int videos) {
    videosPerCommit = videos;
    return this;
  }

  /**
   * Runs, and returns when all is committed.
   *
   * @return one summary for each encoder and sampling that the features have
   * @throws SettingsException for a setting that cannot be, before any work
   * @throws IOException when the features cannot be read or the output cannot be written
   */
  public List<RunSummary> run(SparkSession spark) throws IOException {
    CompressSettings settings =
        new CompressSettings(
            features, output, table, compressions, selectionsOnly, videosPerCommit);
    return new CompressJob(spark, settings, Progress.silent()).run();
  }
}

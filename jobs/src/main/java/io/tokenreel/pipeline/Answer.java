package io.tokenreel.pipeline;

import io.tokenreel.compress.Compressors;
import io.tokenreel.model.ComputeChoice;
import io.tokenreel.model.Models;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.prompt.PromptTemplates;
import io.tokenreel.model.prompt.Scoring;
import io.tokenreel.pipeline.run.AnswerJob;
import io.tokenreel.pipeline.run.AnswerSummary;
import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.pipeline.setting.AnswerSettings;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.video.FrameFit;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * From a token cache and questions to a committed table of answers, in a session that is there
 * already, as {@code tokenreel answer} does it. No setting of the session changes. Used by one
 * thread.
 */
public final class Answer {

  private final String cache;
  private final String output;
  private List<String> questions = List.of();
  private String table;
  private String model = Models.DEFAULT;
  private List<String> compressions = List.of();
  private String device = "auto";
  private String computeDtype = ComputeChoice.AUTO.toString();
  private String template = PromptTemplates.CHAT;
  private String kv = KvSpec.FULL.toString();
  private String scoring = "generate";
  private int videosPerCommit = PrecomputeSettings.VIDEOS_PER_COMMIT;

  private Answer(String cache, String output) {
    this.cache = cache;
    this.output = output;
  }

  /**
   * Begins with the defaults of the command.
   *
   * @param cache that precompute or compress wrote
   * @param output the folder that gets {@code answers/}; may be the same
   */
  public static Answer from(String cache, String output) {
    return new Answer(cache, output);
  }

  /** Sets the files of questions, on any Hadoop file system; required. */
  public Answer questions(String... files) {
    questions = List.of(files);
    return this;
  }

  /** Sets the tables, {@code CATALOG.DB.NAME}, of an Iceberg or Delta catalog of the session. */
  public Answer table(String name) {
    table = name;
    return this;
  }

  /** Sets the checkpoint folder that made the cache, with the settings that it was made with. */
  public Answer model(String folder) {
    model = folder;
    return this;
  }

  /**
   * Sets how frames were sized when the cache was made, for the model that is set; {@link
   * Precompute#fit}.
   *
   * @throws IllegalArgumentException as {@link FrameFit#parse} does
   */
  public Answer fit(String spec) {
    FrameFit.parse(spec);
    model = Models.withFit(model, spec);
    return this;
  }

  /**
   * Sets the compressions to answer from; none means all that the cache has.
   *
   * @throws IllegalArgumentException as {@link Compressors#of} does
   */
  public Answer compressions(String... specs) {
    compressions = Specs.compressions(specs);
    return this;
  }

  /** Sets where the language model runs: auto, cpu, cuda or cuda:N. */
  public Answer device(String name) {
    device = name;
    return this;
  }

  /**
   * Sets what the language model computes in: auto, f32, bf16 or f16; auto is bf16 on a GPU and f32
   * on a CPU, unless the model's name says a type.
   *
   * @throws IllegalArgumentException as {@link ComputeChoice#parse} does
   */
  public Answer computeDtype(String word) {
    computeDtype = ComputeChoice.parse(word).toString();
    return this;
  }

  /**
   * Sets the prompt.
   *
   * @throws IllegalArgumentException as {@link PromptTemplates#checked} does
   */
  public Answer template(String name) {
    template = PromptTemplates.checked(name);
    return this;
  }

  /**
   * Sets how keys and values are kept while decoding.
   *
   * @throws IllegalArgumentException as {@link KvSpec#parse} does
   */
  public Answer kv(String spec) {
    kv = KvSpec.parse(spec).toString();
    return this;
  }

  /**
   * Sets how answers are got, {@code generate:tokens=16,form=letter} or {@code options:form=text}.
   *
   * @throws IllegalArgumentException as {@link Scoring#parse} does
   */
  public Answer scoring(String spec) {
    scoring = Scoring.parse(spec).toString();
    return this;
  }

  /** Sets the videos of a wave, at least 1. */
  public Answer videosPerCommit(int videos) {
    videosPerCommit = videos;
    return this;
  }

  /**
   * Runs, and returns when all is committed.
   *
   * @return one summary for each sampling that the cache has
   * @throws SettingsException for a setting that cannot be, before any work
   * @throws IOException when the cache cannot be read or the output cannot be written
   */
  public List<AnswerSummary> run(SparkSession spark) throws IOException {
    AnswerSettings settings =
        new AnswerSettings(
            cache,
            questions,
            output,
            table,
            model,
            compressions,
            device,
            computeDtype,
            template,
            kv,
            scoring,
            videosPerCommit);
    return new AnswerJob(spark, settings, Progress.silent()).run();
  }
}

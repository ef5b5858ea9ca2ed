package io.tokenreel.pipeline.setting;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.WriterVersion;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.prompt.Scoring;
import java.util.List;

/**
 * The resolved options of one answer run, checked; stored with the output.
 *
 * @param cache the token cache that is read
 * @param questions files of questions
 * @param output the cache that is written to
 * @param table CATALOG.DB.NAME of the tables in a catalog; null for Parquet below the output
 * @param model checkpoint folder, or {@code default}
 * @param compressions canonical specs to answer from; none means all that the cache has
 * @param device auto, cpu, cuda or cuda:N
 * @param computeDtype auto, f32, bf16 or f16; once a run has begun, what it came to
 * @param template name of the prompt template
 * @param kv KV cache spec; canonical here
 * @param scoring how answers are got; canonical here
 * @param videosPerCommit videos in one wave
 */
public record AnswerSettings(
    String cache,
    List<String> questions,
    String output,
    String table,
    String model,
    List<String> compressions,
    String device,
    String computeDtype,
    String template,
    String kv,
    String scoring,
    int videosPerCommit) {

  public AnswerSettings {
    questions = List.copyOf(questions);
    compressions = List.copyOf(compressions);
    kv = KvSpec.parse(kv).toString();
    scoring = Scoring.parse(scoring).toString();
    if (videosPerCommit < 1) {
      throw new SettingsException("--videos-per-commit must be at least 1; got " + videosPerCommit);
    }
  }

  /** The same settings, of a run that has settled what its decoder computes in. */
  public AnswerSettings computing(ComputeOption.Settled settled) {
    return new AnswerSettings(
        cache,
        questions,
        output,
        table,
        settled.model(),
        compressions,
        device,
        settled.computeDtype(),
        template,
        kv,
        scoring,
        videosPerCommit);
  }

  /** The record of a run over the tokens of one sampling that starts now. */
  public RunRecord runRecord(
      EncodingSetting encoding,
      List<String> runCompressions,
      long runQuestions,
      AnswerOrder order) {
    return RunRecord.started(
        RunIds.next(),
        "answer",
        order.recorded(Options.of(this)),
        runQuestions,
        new RunRecord.Setting(encoding, runCompressions, List.of(CacheTable.ANSWERS)),
        WriterVersion.text());
  }
}

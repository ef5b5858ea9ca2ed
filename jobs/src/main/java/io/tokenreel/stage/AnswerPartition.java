package io.tokenreel.stage;

import io.tokenreel.files.TaskConfiguration;
import io.tokenreel.model.LanguageModel;
import io.tokenreel.model.SharedModels;
import io.tokenreel.model.kv.KvSpec;
import java.util.Iterator;
import org.apache.spark.sql.Row;

/** Answers the questions of one partition with the language model that all tasks share. */
final class AnswerPartition extends RowStage {

  private static final long serialVersionUID = 1;

  private final VisualColumn visual;
  private final QuestionColumn questions;
  private final AnswerGenerator.Settings settings;
  private final TaskConfiguration hadoop;
  private final StageCounters counters;

  AnswerPartition(
      VisualColumn visual,
      QuestionColumn questions,
      AnswerGenerator.Settings settings,
      TaskConfiguration hadoop,
      StageCounters counters) {
    super("answer " + settings.decoder());
    this.visual = visual;
    this.questions = questions;
    this.settings = settings;
    this.hadoop = hadoop;
    this.counters = counters;
  }

  @Override
  Iterator<Row> open(Iterator<Row> rows) {
    SharedModels.Lease<LanguageModel> lease =
        SharedModels.language(settings.model(), taskDevice(settings.device()), hadoop.value());
    closeWithTask(lease);
    closeWithTask(() -> counters.devices().add(lease.model().use())); // while it is held
    LanguageModel model = lease.model();
    requireDriversCopy(settings.model(), model.info().decoder(), settings.decoder());
    return new AnsweredRows(
        rows,
        visual,
        questions,
        new Answerer(
            questions,
            model,
            model.prompts(settings.template()),
            KvSpec.parse(settings.kv()),
            settings.scoring(),
            settings.warmUp()),
        counters);
  }
}

package io.tokenreel.stage;

import io.tokenreel.model.LanguageModel;
import io.tokenreel.model.SharedModels;
import io.tokenreel.model.kv.KvSpec;
import java.util.Iterator;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/** Answers the questions of one partition with the language model that all tasks share. */
final class AnswerPartition extends RowStage {

  private static final long serialVersionUID = 1;

  private final int visualColumn;
  private final int questionsColumn;
  private final AnswerGenerator.Settings settings;
  private final SerializableConfiguration hadoop;
  private final StageCounters counters;

  AnswerPartition(
      int visualColumn,
      int questionsColumn,
      AnswerGenerator.Settings settings,
      SerializableConfiguration hadoop,
      StageCounters counters) {
    super("answer " + settings.decoder());
    this.visualColumn = visualColumn;
    this.questionsColumn = questionsColumn;
    this.settings = settings;
    this.hadoop = hadoop;
    this.counters = counters;
  }

  @Override
  Iterator<Row> open(Iterator<Row> rows) {
    SharedModels.Lease<LanguageModel> lease =
        SharedModels.language(settings.model(), taskDevice(settings.device()), hadoop.value());
    closeWithTask(lease);
    LanguageModel model = lease.model();
    requireDriversCopy(settings.model(), model.info().decoder(), settings.decoder());
    return new AnsweredRows(
        rows,
        visualColumn,
        questionsColumn,
        new Answerer(
            model,
            model.template(settings.template()),
            KvSpec.parse(settings.kv()),
            settings.scoring()),
        counters);
  }
}

package io.tokenreel.sweep;

import static org.apache.spark.sql.functions.col;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Result;
import io.tokenreel.pipeline.run.AnswerRun;
import io.tokenreel.pipeline.setting.AnswerOrder;
import io.tokenreel.pipeline.setting.AnswerSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the questions of a sweep answered, cell by cell where need be, so that one stops no other.
 */
final class SweepAnswers {

  private static final Logger LOG = LoggerFactory.getLogger(SweepAnswers.class);

  private final SweepSettings settings;
  private final Answering answering;
  private final List<SweepFailure> failures = new ArrayList<>();

  /** Answers questions, and commits the answers. */
  @FunctionalInterface
  interface Answering {

    /**
     * Answers what is not answered yet.
     *
     * @param answer what is asked, of which compressions among it
     * @param order when it is asked
     * @param sampling of the features
     * @param contents {@code video_id, content_sha256} of the videos as they are now
     * @param questions as {@link AnswerRun} takes them
     */
    void answer(
        AnswerSettings answer,
        AnswerOrder order,
        String sampling,
        Dataset<Row> contents,
        Dataset<Row> questions)
        throws IOException;
  }

  SweepAnswers(SweepSettings settings, Answering answering) {
    this.settings = settings;
    this.answering = answering;
  }

  /** Cells that could not be answered. */
  List<SweepFailure> failures() {
    return List.copyOf(failures);
  }

  /**
   * A cell that has no answer to any question of a benchmark has failed, whatever the reason.
   *
   * @param samples rows of {@link SweepSamples#of}
   * @param models as the settings name them, by decoder
   * @param known failures that say so already
   */
  void requireAnswers(
      List<Result> results,
      Dataset<Row> samples,
      Map<String, String> models,
      List<SweepFailure> known) {
    for (Result result : results) {
      if (!result.group().isEmpty() || result.counts().answers() > 0) {
        continue;
      }
      Cell cell = result.cell();
      String model = models.get(cell.model());
      SweepFailure failed =
          new SweepFailure(
              SweepFailure.ANSWERS,
              result.task(),
              model,
              cell.sampling(),
              cell.compression(),
              cell.kv(),
              detail(samples, result));
      if (known.stream().noneMatch(each -> says(each, failed))) {
        failures.add(failed);
      }
    }
  }

  /** Whether a failure that is known is the cause of one that was noticed in the end. */
  private static boolean says(SweepFailure known, SweepFailure noticed) {
    boolean ofModel =
        noticed.model().equals(known.model()) && noticed.sampling().equals(known.sampling());
    return ofModel
        && (known.stage().equals(SweepFailure.VIDEOS)
            ? noticed.task().equals(known.task())
            : noticed.compression().equals(known.compression()) && noticed.kv().equals(known.kv()));
  }

  private static String detail(Dataset<Row> samples, Result result) {
    List<Row> failures =
        samples
            .filter(
                col("task")
                    .equalTo(result.task())
                    .and(col("version").equalTo(result.version()))
                    .and(col("model").equalTo(result.cell().model()))
                    .and(col("sampling").equalTo(result.cell().sampling()))
                    .and(col("compression").equalTo(result.cell().compression()))
                    .and(col("kv").equalTo(result.cell().kv()))
                    .and(col("detail").isNotNull()))
            .groupBy("detail")
            .count()
            .orderBy(col("count").desc(), col("detail"))
            .limit(1)
            .collectAsList();
    return failures.isEmpty()
        ? "no question has an answer"
        : "no question has an answer: " + failures.get(0).getString(0);
  }

  /** Has all questions of a model and a sampling answered in every cell. */
  void give(String model, String sampling, List<SweepAsked.Part> parts) throws IOException {
    Map<String, Dataset<Row>> byScoring = new LinkedHashMap<>();
    for (SweepAsked.Part part : parts) {
      byScoring.merge(
          part.task().task().scoring(),
          part.task().asked(part.rows()),
          (one, other) -> one.unionByName(other));
    }
    for (Map.Entry<String, Dataset<Row>> scoring : byScoring.entrySet()) {
      // Two versions of a benchmark that ask alike are asked once.
      Dataset<Row> questions =
          scoring
              .getValue()
              .dropDuplicates("video_id", "question_id", "question_sha256")
              .persist(StorageLevel.MEMORY_AND_DISK());
      try {
        Part part = new Part(model, sampling, scoring.getKey(), parts.get(0).contents());
        for (AnswerOrder order : AnswerOrder.of(settings.kvs().size())) {
          Dataset<Row> block = order.block(questions);
          if (!block.isEmpty()) {
            give(part, order, block);
          }
        }
      } finally {
        questions.unpersist();
      }
    }
  }

  /** What a block of questions shares with the others. */
  private record Part(String model, String sampling, String scoring, Dataset<Row> contents) {}

  /** All compressions together, which reads features once; where that fails, each by itself. */
  private void give(Part part, AnswerOrder order, Dataset<Row> questions) throws IOException {
    List<String> all = settings.compressions();
    String kv = settings.kvs().get(order.choice());
    if (failure(part, all, kv, order, questions) == null) {
      return;
    }
    for (String compression : all) {
      Exception failure = failure(part, List.of(compression), kv, order, questions);
      if (failure != null) {
        SweepFailure failed =
            new SweepFailure(
                SweepFailure.ANSWERS,
                null,
                part.model,
                part.sampling,
                compression,
                kv,
                SweepFailure.firstLine(failure));
        if (!failures.contains(failed)) {
          failures.add(failed);
        }
      }
    }
  }

  /** What kept the answers from being given; null where nothing did. */
  private Exception failure(
      Part part, List<String> compressions, String kv, AnswerOrder order, Dataset<Row> questions)
      throws IOException {
    AnswerSettings answer = settings.answer(part.model, compressions, kv, part.scoring);
    Exception failure =
        SparkFailure.of(
            () -> answering.answer(answer, order, part.sampling, part.contents, questions));
    if (failure != null) {
      LOG.error("answers of {} with {} failed", answer.compressions(), answer.kv(), failure);
    }
    return failure;
  }
}

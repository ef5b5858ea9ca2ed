package io.tokenreel.job;

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
     * @param sampling of the features
     * @param questions as {@link AnswerRun} takes them
     */
    void answer(AnswerSettings answer, String sampling, Dataset<Row> questions) throws IOException;
  }

  SweepAnswers(SweepSettings settings, Answering answering) {
    this.settings = settings;
    this.answering = answering;
  }

  /** Cells that could not be answered. */
  List<SweepFailure> failures() {
    return List.copyOf(failures);
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
        for (String kv : settings.kvs()) {
          give(model, sampling, kv, scoring.getKey(), questions);
        }
      } finally {
        questions.unpersist();
      }
    }
  }

  /** All compressions together, which reads features once; where that fails, each by itself. */
  private void give(
      String model, String sampling, String kv, String scoring, Dataset<Row> questions)
      throws IOException {
    List<String> all = settings.compressions();
    if (failure(settings.answer(model, all, kv, scoring), sampling, questions) == null) {
      return;
    }
    for (String compression : all) {
      Exception failure =
          failure(settings.answer(model, List.of(compression), kv, scoring), sampling, questions);
      if (failure != null) {
        SweepFailure told = new SweepFailure(model, sampling, compression, kv, firstLine(failure));
        if (!failures.contains(told)) {
          failures.add(told);
        }
      }
    }
  }

  /** A message of Spark's holds whole stack traces behind its first line. */
  private static String firstLine(Exception failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  /** What kept the answers from being given; null where nothing did. */
  private Exception failure(AnswerSettings answer, String sampling, Dataset<Row> questions)
      throws IOException {
    Exception failure = SparkFailure.of(() -> answering.answer(answer, sampling, questions));
    if (failure != null) {
      LOG.error("answers of {} with {} failed", answer.compressions(), answer.kv(), failure);
    }
    return failure;
  }
}

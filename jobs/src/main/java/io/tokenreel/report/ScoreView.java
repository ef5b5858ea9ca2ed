package io.tokenreel.report;

import io.tokenreel.eval.result.Counts;
import io.tokenreel.eval.result.Judging;
import io.tokenreel.eval.result.Result;
import java.util.ArrayList;
import java.util.List;

/**
 * A score in the table.
 *
 * @param score on the upstream scale
 * @param error its standard error with a sign before it; empty where there is none
 * @param rank {@code best} for the best of its group, else {@code score}
 * @param retained of the baseline's; empty without a score
 * @param lacking what it lacks, for that counts as wrong; empty for nothing
 * @param questions where its questions are; empty where they are not shown
 */
record ScoreView(
    String score,
    String error,
    String rank,
    String retained,
    List<String> lacking,
    String questions) {

  static final String NOT_SCORED = "not scored";

  private static final String NO_ANSWERS = "no answers";
  private static final ScoreView NOT_RUN = new ScoreView("not run", "", "score", "", List.of(), "");

  /**
   * Of a result.
   *
   * @param result null where the cell was not run on the benchmark
   * @param best the best score of the group as it is printed; null where there is none
   * @param questions where its questions are; empty where they are not shown
   */
  static ScoreView of(Result result, String best, String questions) {
    if (result == null) {
      return NOT_RUN;
    }
    String score = score(result);
    double retained = retained(result);
    return new ScoreView(
        score,
        error(result),
        score.equals(best) && !result.cell().isBaseline() ? "best" : "score",
        Double.isNaN(retained) ? "" : Numbers.percentage(retained),
        lacking(result),
        questions);
  }

  /** The standard error as it stands behind a score; empty where there is none. */
  static String error(Result result) {
    if (!isScored(result) || Double.isNaN(result.score().standardError())) {
      return "";
    }
    double error = result.score().standardError() * result.scale();
    return " ± " + Numbers.fixed(error, Numbers.digits(result.scale()));
  }

  /** Whether it has a score of any answer. */
  static boolean isScored(Result result) {
    return result.score() != null && result.counts().answers() > 0;
  }

  /** A cell without an answer has failed: its zero is no score of a method. */
  static String score(Result result) {
    if (result.counts().answers() == 0) {
      return NO_ANSWERS;
    }
    return result.score() == null
        ? NOT_SCORED
        : Numbers.fixed(result.score().mean() * result.scale(), Numbers.digits(result.scale()));
  }

  /**
   * The percentage of the baseline's score, which is 100 for itself; NaN without either.
   *
   * @param result may be null
   */
  static double retained(Result result) {
    if (result == null || !isScored(result)) {
      return Double.NaN;
    }
    if (result.retainedPercent() != null) {
      return result.retainedPercent();
    }
    return result.cell().isBaseline() ? 100 : Double.NaN;
  }

  private static List<String> lacking(Result result) {
    Counts counts = result.counts();
    List<String> lacking = new ArrayList<>();
    add(lacking, counts.missingVideos(), "without video");
    add(lacking, counts.missingAnswers(), "without answer");
    add(lacking, counts.unread(), "unread");
    add(lacking, counts.guessed(), "guessed");
    add(lacking, counts.leftOut(), "left out");
    Judging judging = result.judging();
    if (judging != null) {
      add(lacking, judging.waiting(), "waiting for a judge");
      add(lacking, judging.failed(), "with a judge's error");
      add(lacking, judging.unreadable(), "with a judge's reply unread");
      if (judging.mixed()) {
        lacking.add("judged by different models: " + String.join(", ", judging.models()));
      }
    }
    return lacking;
  }

  private static void add(List<String> lacking, long count, String what) {
    if (count > 0) {
      lacking.add(Numbers.whole(count) + " " + what);
    }
  }
}

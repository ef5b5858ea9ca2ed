package io.tokenreel.eval.report;

import io.tokenreel.eval.result.Counts;
import io.tokenreel.eval.result.Judging;
import io.tokenreel.eval.result.Result;
import java.util.ArrayList;
import java.util.List;

/**
 * A score in the table.
 *
 * @param score on the upstream scale
 * @param retained of the baseline's; empty without a score
 * @param counts what the score lacks, for it counts as wrong
 * @param lacks {@code lacks} where something is lacking, else {@code whole}
 */
record ScoreView(String score, String retained, String counts, String lacks) {

  static final String NOT_SCORED = "not scored";

  private static final ScoreView NOT_RUN = new ScoreView("not run", "", "", "whole");

  /**
   * Of a result.
   *
   * @param result null where the cell was not run on the benchmark
   */
  static ScoreView of(Result result) {
    if (result == null) {
      return NOT_RUN;
    }
    List<String> lacking = lacking(result);
    return new ScoreView(
        score(result),
        result.score() == null ? "" : Numbers.percentage(retained(result)),
        lacking.isEmpty() ? "all answered and read" : String.join(", ", lacking),
        lacking.isEmpty() ? "whole" : "lacks");
  }

  static String score(Result result) {
    return result.score() == null
        ? NOT_SCORED
        : Numbers.fixed(result.score().mean() * result.scale(), Numbers.digits(result.scale()));
  }

  /**
   * The percentage of the baseline's score, which is 100 for itself; NaN without one.
   *
   * @param result may be null
   */
  static double retained(Result result) {
    if (result == null || result.score() == null) {
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

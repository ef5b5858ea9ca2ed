package io.tokenreel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Cost;
import io.tokenreel.eval.result.Counts;
import io.tokenreel.eval.result.Judging;
import io.tokenreel.eval.result.Result;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScoreViewTest {

  private static ScoreView view(Judging judging) {
    return ScoreView.of(
        new Result(
            new Cell("model", "uniform:frames=16", "none", "full"),
            "activitynetqa",
            "lmms-eval-0.3.4",
            "gpt_eval_accuracy",
            "",
            100,
            new Counts(8000, 800, 0, 0, 0, 0, 0),
            null,
            null,
            null,
            new Cost(1, 1, 1, 1, 1, 1),
            judging),
        null,
        "");
  }

  @Test
  void of_openAnswers_saysWhatVerdictsLack() {
    ScoreView waiting = view(new Judging(List.of("m"), 7000, 2, 1, Double.NaN));
    assertEquals("not scored", waiting.score());
    assertEquals(
        List.of(
            "7,000 waiting for a judge", "2 with a judge's error", "1 with a judge's reply unread"),
        waiting.lacking());
    assertEquals(
        List.of("judged by different models: m, n"),
        view(new Judging(List.of("m", "n"), 0, 0, 0, Double.NaN)).lacking());
  }
}

package io.tokenreel.eval.stat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Difference;
import io.tokenreel.eval.result.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;

/** Scores that can be worked out by hand. */
class ScoresTest {

  private static final Map<ScoredTask, Average> PLAIN = Map.of(Asked.task("plain"), Average.MICRO);
  private static final Map<ScoredTask, Average> TYPED =
      Map.of(Asked.task("typed"), Average.macro("type", List.of("count", "order", "plot")));

  private static Map<ScoreKey, Score> scores(Map<ScoredTask, Average> averages, Asked... asked) {
    return Scores.of(Asked.table(List.of(asked)), averages);
  }

  private static Asked plain(String docId, String video, double score) {
    return Asked.of(Asked.BASELINE, docId, video, score);
  }

  private static Asked compressed(String docId, String video, double score) {
    return Asked.of(Asked.COMPRESSED, docId, video, score);
  }

  private static Asked typed(String docId, String video, String type, double score) {
    return new Asked(Asked.BASELINE, "typed", docId, video, Map.of("type", type), score);
  }

  private static void assertEstimate(double mean, double error, Estimate found) {
    assertEquals(mean, found.mean(), 1e-12);
    assertEquals(error, found.standardError(), 1e-12);
  }

  @Test
  void of_oneQuestionPerVideo_isTheUnclusteredError() {
    Asked[] asked = {
      plain("1", "a", 1), plain("2", "b", 0), plain("3", "c", 1), plain("4", "d", 1)
    };
    Score score = scores(PLAIN, asked).get(asked[0].key(""));
    assertEquals(4, score.questions());
    assertEquals(4, score.videos());
    assertEstimate(0.75, 0.25, score.estimate()); // sd 0.5, root of n 2
    assertNull(score.difference());
    assertNull(score.retainedPercent());
  }

  @Test
  void of_twoVideosWithEqualAnswers_addsTheirProducts() {
    Asked[] asked = {
      plain("1", "a", 1), plain("2", "a", 1), plain("3", "b", 0), plain("4", "b", 0)
    };
    // Residuals of 1/2: videos give 1 + 1, the variance 1/3; the root of 7/3 over 4.
    double error = Math.sqrt(7.0 / 3) / 4;
    Score score = scores(PLAIN, asked).get(asked[0].key(""));
    assertEstimate(0.5, error, score.estimate());
    assertEquals(BoundedInterval.share(0.5, error, 4, 2), score.estimate());
  }

  @Test
  void of_oneVideoOrOneQuestion_hasNoError() {
    for (Asked[] asked :
        List.of(
            new Asked[] {plain("1", "a", 1), plain("2", "a", 0)},
            new Asked[] {plain("1", "a", 1)})) {
      Estimate estimate = scores(PLAIN, asked).get(asked[0].key("")).estimate();
      assertEquals(asked.length == 1 ? 1 : 0.5, estimate.mean());
      assertTrue(Double.isNaN(estimate.standardError()), estimate.toString());
      assertTrue(Double.isNaN(estimate.low()) && Double.isNaN(estimate.high()));
    }
  }

  @Test
  void of_equalScores_haveErrorZero() {
    List<Asked> asked = new ArrayList<>();
    for (double score : new double[] {0, 0.1, 1}) {
      Cell cell = new Cell("m@1", "score " + score, "none", "full");
      for (int i = 0; i < 7; i++) {
        asked.add(Asked.of(cell, "" + i, "v" + i / 3, score));
      }
    }
    Map<ScoreKey, Score> scores = Scores.of(Asked.table(asked), PLAIN);
    assertEquals(3, scores.size());
    for (Asked question : asked) {
      Estimate estimate = scores.get(question.key("")).estimate();
      assertEquals(question.score(), estimate.mean(), 1e-15);
      assertEquals(0, estimate.standardError(), 1e-15);
    }
  }

  @Test
  void of_macroWithAbsentType_countsItZero() {
    Asked[] asked = {
      typed("1", "a", "count", 1),
      typed("2", "b", "count", 1),
      typed("3", "c", "count", 0),
      typed("4", "a", "order", 1),
      typed("5", "d", "order", 0)
    };
    Map<ScoreKey, Score> scores = scores(TYPED, asked);
    // Weights 1/9 and 1/6. Sums of videos: a 1/27 + 1/12, b 1/27, c -2/27, d -1/12.
    double both = 1.0 / 27 + 1.0 / 12;
    double videos = both * both + 1.0 / 729 + 4.0 / 729 + 1.0 / 144;
    double variances = 2.0 / 3 / 2 / 81 + 0.5 / 1 / 36;
    double error = Math.sqrt(videos + variances);
    Estimate whole = scores.get(asked[0].key("")).estimate();
    assertEstimate((2.0 / 3 + 0.5 + 0) / 3, error, whole);
    assertEquals(2.0 / 3, scores.get(asked[0].key("type=count")).estimate().mean(), 1e-15);
    assertEquals(0.5, scores.get(asked[0].key("type=order")).estimate().mean());
    assertEquals(3, scores.size());
  }

  @Test
  void of_macroTypeWithOneQuestion_hasNoError() {
    Asked[] asked = {
      typed("1", "a", "count", 1), typed("2", "b", "count", 0), typed("3", "c", "plot", 1)
    };
    Estimate estimate = scores(TYPED, asked).get(asked[0].key("")).estimate();
    assertEquals(0.5, estimate.mean(), 1e-15);
    assertTrue(Double.isNaN(estimate.standardError()));
  }

  @Test
  void of_someSharedQuestions_differsOverThese() {
    Asked[] asked = {
      plain("1", "a", 1),
      plain("2", "a", 1),
      plain("3", "b", 1),
      plain("4", "b", 0),
      plain("only baseline", "c", 1),
      compressed("1", "a", 0),
      compressed("2", "a", 1),
      compressed("3", "b", 0),
      compressed("4", "b", 1),
      compressed("only cell", "d", 0)
    };
    Score score = scores(PLAIN, asked).get(asked[5].key(""));
    Difference difference = score.difference();
    assertEquals(4, difference.questions());
    assertEquals(2, difference.onlyBaseline());
    assertEquals(1, difference.onlyCell());
    assertEquals(1, difference.mcNemarP());
    // Differences -1, 0 | -1, 1 with the mean -1/4; residuals -3/4, 1/4 | -3/4, 5/4.
    double error = Math.sqrt(0.25 + 0.25 + (9 + 1 + 9 + 25) / 16.0 / 3) / 4;
    assertEstimate(-0.25, error, difference.estimate());
    assertEquals(
        BoundedInterval.difference(-0.25, difference.estimate().standardError(), 4, 2),
        difference.estimate());
    assertEquals(5, score.questions());
    assertEquals(100 * (2.0 / 5) / (4.0 / 5), score.retainedPercent(), 1e-12);
  }

  @Test
  void of_cellsWithoutBaseline_haveNoDifference() {
    Asked otherSampling =
        Asked.of(new Cell("m@1", "uniform:frames=32", "none", "full"), "1", "a", 1);
    Score score =
        scores(PLAIN, otherSampling, compressed("1", "a", 1)).get(compressed("", "", 1).key(""));
    assertNull(score.difference());
    assertNull(score.retainedPercent());
  }

  @Test
  void of_baselineWithScoreZero_hasDifferenceButNoPercent() {
    Score score =
        scores(PLAIN, plain("1", "a", 0), compressed("1", "a", 1))
            .get(compressed("", "", 1).key(""));
    assertEquals(1, score.difference().estimate().mean());
    assertEquals(1, score.difference().onlyCell());
    assertNull(score.retainedPercent());
  }

  @Test
  void of_twoVersionsOfATask_areEachAveragedInTheirOwnWay() {
    ScoredTask later = new ScoredTask("typed", "later");
    Map<ScoredTask, Average> averages =
        Map.of(Asked.task("typed"), TYPED.get(Asked.task("typed")), later, Average.MICRO);
    List<Asked> asked =
        List.of(
            typed("1", "a", "count", 1),
            typed("2", "b", "count", 1),
            typed("3", "c", "order", 0),
            typed("4", "d", "plot", 0));
    Dataset<Row> rows = Asked.table(asked);
    Map<ScoreKey, Score> scores =
        Scores.of(rows.union(rows.withColumn("version", functions.lit("later"))), averages);
    ScoreKey whole = asked.get(0).key("");
    assertEquals(1.0 / 3, scores.get(whole).estimate().mean(), 1e-15);
    ScoreKey micro = new ScoreKey(whole.cell(), "typed", "later", "");
    assertEquals(0.5, scores.get(micro).estimate().mean(), 1e-15);
  }

  @Test
  void of_taskWithoutScores_isLeftOut() {
    Asked judged = new Asked(Asked.BASELINE, "judged", "1", "a", Map.of(), null);
    Map<ScoreKey, Score> scores =
        scores(
            Map.of(Asked.task("plain"), Average.MICRO, Asked.task("judged"), Average.MICRO),
            plain("1", "a", 1),
            judged);
    assertEquals(List.of(plain("1", "a", 1).key("")), List.copyOf(scores.keySet()));
  }
}

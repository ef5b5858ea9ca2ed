package io.tokenreel.eval.report;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Cost;
import io.tokenreel.eval.result.Counts;
import io.tokenreel.eval.result.Difference;
import io.tokenreel.eval.result.Estimate;
import io.tokenreel.eval.result.Result;
import java.util.Comparator;
import java.util.List;

/**
 * All numbers of a benchmark, or of one of its groups.
 *
 * @param group empty for the whole benchmark
 * @param name for captions
 * @param rows the baseline first, the others in the order of the results
 */
record Slice(String id, String group, String name, List<Row> rows) {

  /** A cell's numbers as they are printed. */
  record Row(
      String compression,
      String kv,
      Spread score,
      String retained,
      Against against,
      CountsView counts,
      CostView cost) {}

  /** An estimate on the upstream scale. */
  record Spread(String mean, String standardError, String interval) {

    private static Spread none(String why) {
      return new Spread(why, Numbers.NONE, Numbers.NONE);
    }

    private static Spread of(Estimate estimate, double scale) {
      int digits = Numbers.digits(scale) + 1;
      return new Spread(
          Numbers.fixed(estimate.mean() * scale, digits),
          Numbers.fixed(estimate.standardError() * scale, digits),
          interval(
              Numbers.fixed(estimate.low() * scale, digits),
              Numbers.fixed(estimate.high() * scale, digits)));
    }

    private static Spread ofDifference(Estimate estimate, double scale) {
      int digits = Numbers.digits(scale) + 1;
      return new Spread(
          Numbers.signed(estimate.mean() * scale, digits),
          Numbers.fixed(estimate.standardError() * scale, digits),
          interval(
              Numbers.signed(estimate.low() * scale, digits),
              Numbers.signed(estimate.high() * scale, digits)));
    }

    private static String interval(String low, String high) {
      return low.equals(Numbers.NONE) ? low : low + " to " + high;
    }
  }

  /** A cell against the baseline. */
  record Against(
      Spread difference, String questions, String onlyBaseline, String onlyCell, String mcNemarP) {

    private static final Against NOTHING =
        new Against(
            Spread.none(Numbers.NONE), Numbers.NONE, Numbers.NONE, Numbers.NONE, Numbers.NONE);

    private static Against of(Difference difference, double scale) {
      return difference == null
          ? NOTHING
          : new Against(
              Spread.ofDifference(difference.estimate(), scale),
              Numbers.whole(difference.questions()),
              Numbers.whole(difference.onlyBaseline()),
              Numbers.whole(difference.onlyCell()),
              Numbers.pValue(difference.mcNemarP()));
    }
  }

  /** What a score is made of, and what it lacks. */
  record CountsView(
      String questions,
      String videos,
      String missingVideos,
      String missingAnswers,
      String unread,
      String guessed,
      String leftOut) {

    private static CountsView of(Counts counts) {
      return new CountsView(
          Numbers.whole(counts.questions()),
          Numbers.whole(counts.videos()),
          Numbers.whole(counts.missingVideos()),
          Numbers.whole(counts.missingAnswers()),
          Numbers.whole(counts.unread()),
          Numbers.whole(counts.guessed()),
          Numbers.whole(counts.leftOut()));
    }
  }

  /** What the answers take. */
  record CostView(
      String tokenShare,
      String visualTokens,
      String prefill,
      String decode,
      String kvBytesPeak,
      String tokenBytes) {

    private static CostView of(Cost cost) {
      return new CostView(
          Numbers.percent(cost.tokenShare()),
          Numbers.whole(cost.visualTokens()),
          Numbers.fixed(cost.prefillMillis(), 1),
          Numbers.fixed(cost.decodeMillis(), 1),
          Numbers.bytes(cost.kvBytesPeak()),
          Numbers.bytes(cost.tokenBytes()));
    }
  }

  static Slice of(String id, Benchmark benchmark, String group, List<Result> results) {
    return new Slice(
        id,
        group,
        group.isEmpty() ? benchmark.task() : benchmark.task() + ", " + group,
        results.stream()
            .sorted(Comparator.comparing((Result one) -> !one.cell().isBaseline()))
            .map(Slice::row)
            .toList());
  }

  private static Row row(Result result) {
    Cell cell = result.cell();
    return new Row(
        cell.compression(),
        cell.kv(),
        result.score() == null
            ? Spread.none(ScoreView.NOT_SCORED)
            : Spread.of(result.score(), result.scale()),
        Numbers.percentage(ScoreView.retained(result)),
        Against.of(result.difference(), result.scale()),
        CountsView.of(result.counts()),
        CostView.of(result.cost()));
  }
}

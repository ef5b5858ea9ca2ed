package io.tokenreel.report;

import io.tokenreel.eval.result.Cost;
import io.tokenreel.eval.result.Counts;
import io.tokenreel.eval.result.Difference;
import io.tokenreel.eval.result.Estimate;
import io.tokenreel.eval.result.Quartiles;
import io.tokenreel.eval.result.Result;
import io.tokenreel.report.NumberTable.Column;
import io.tokenreel.report.NumberTable.Group;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** The columns of the tables of numbers. Scores have a digit more than in the table of scores. */
final class NumberColumns {

  static final List<Group> SCORES =
      List.of(
          Group.of(
              "Score",
              new Column("score", NumberColumns::score),
              new Column("standard error", scored((it, of) -> it.size(of.standardError()))),
              new Column("95% interval", scored(Print::interval)),
              new Column("retained", one -> Numbers.percentage(ScoreView.retained(one)))),
          Group.of(
              "Difference to the baseline, paired",
              new Column("difference", differing((it, of) -> it.signed(of.mean()))),
              new Column("standard error", differing((it, of) -> it.size(of.standardError()))),
              new Column("95% interval", differing(Print::signedInterval)),
              new Column("McNemar p", paired(of -> Numbers.pValue(of.mcNemarP())))),
          Group.of(
              "Questions",
              new Column("in both", paired(of -> Numbers.whole(of.questions()))),
              new Column("only baseline right", paired(of -> Numbers.whole(of.onlyBaseline()))),
              new Column("only this right", paired(of -> Numbers.whole(of.onlyCell())))));

  static final List<Group> COUNTS =
      List.of(
          Group.of(
              "Questions",
              new Column("asked", count(Counts::questions)),
              new Column("of videos", count(Counts::videos)),
              new Column("without video", count(Counts::missingVideos)),
              new Column("without answer", count(Counts::missingAnswers)),
              new Column("unread", count(Counts::unread)),
              new Column("guessed", count(Counts::guessed)),
              new Column("left out", count(Counts::leftOut))));

  static final List<Group> COSTS =
      List.of(
          Group.of(
              "Cost",
              new Column("true share of tokens", one -> Numbers.percent(one.cost().tokenShare())),
              new Column("visual tokens", one -> Numbers.whole(one.cost().visualTokens())),
              new Column("tokens at rest", one -> Numbers.bytes(one.cost().tokenBytes()))),
          middle("Prefill, ms", Cost::prefill, Cost::prefillMillis, NumberColumns::millis),
          middle("Decoding, ms", Cost::decode, Cost::decodeMillis, NumberColumns::millis),
          middle("Keys and values, peak", Cost::kvPeak, Cost::kvBytesPeak, Numbers::bytes),
          middle(
              "Their reserve, peak",
              Cost::kvReservePeak,
              Cost::kvReserveBytesPeak,
              Numbers::bytes));

  private NumberColumns() {}

  private static String millis(double value) {
    return Numbers.fixed(value, 1);
  }

  /** Median and quartiles; of results of before these were kept, the mean, which says so. */
  private static Group middle(
      String name,
      Function<Cost, Quartiles> quartiles,
      ToDoubleFunction<Cost> mean,
      DoubleFunction<String> print) {
    return Group.of(
        name,
        new Column(
            "median",
            one -> {
              double median = quartiles.apply(one.cost()).median();
              double average = mean.applyAsDouble(one.cost());
              return Double.isNaN(median) && !Double.isNaN(average)
                  ? "mean " + print.apply(average)
                  : print.apply(median);
            }),
        new Column(
            "middle half",
            one -> {
              Quartiles of = quartiles.apply(one.cost());
              return Double.isNaN(of.low())
                  ? Numbers.NONE
                  : print.apply(of.low()) + " to " + print.apply(of.high());
            }));
  }

  /** Numbers on a benchmark's scale. */
  private record Print(double scale) {

    private String print(double value, Format format) {
      return format.print(value * scale, Numbers.digits(scale) + 1);
    }

    String size(double value) {
      return print(value, Numbers::fixed);
    }

    String signed(double value) {
      return print(value, Numbers::signed);
    }

    String interval(Estimate of) {
      return span(size(of.low()), size(of.high()));
    }

    String signedInterval(Estimate of) {
      return span(signed(of.low()), signed(of.high()));
    }

    private static String span(String low, String high) {
      return low.equals(Numbers.NONE) ? low : low + " to " + high;
    }
  }

  private interface Format {
    String print(double value, int digits);
  }

  private interface OfEstimate {
    String print(Print it, Estimate of);
  }

  private static String score(Result result) {
    return result.score() == null
        ? ScoreView.NOT_SCORED
        : new Print(result.scale()).size(result.score().mean());
  }

  private static Function<Result, String> scored(OfEstimate number) {
    return one ->
        one.score() == null ? Numbers.NONE : number.print(new Print(one.scale()), one.score());
  }

  private static Function<Result, String> differing(OfEstimate number) {
    return one ->
        one.difference() == null
            ? Numbers.NONE
            : number.print(new Print(one.scale()), one.difference().estimate());
  }

  private static Function<Result, String> paired(Function<Difference, String> number) {
    return one -> one.difference() == null ? Numbers.NONE : number.apply(one.difference());
  }

  private static Function<Result, String> count(ToLongFunction<Counts> number) {
    return one -> Numbers.whole(number.applyAsLong(one.counts()));
  }
}

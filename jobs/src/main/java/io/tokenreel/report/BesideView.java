package io.tokenreel.report;

import io.tokenreel.eval.result.Estimate;
import io.tokenreel.eval.result.Result;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Two sweeps side by side: the cells that both have, or one of them.
 *
 * @param first what the first sweep is called
 * @param second what the other is called
 * @param rows in the order of the first sweep, then what only the second has
 */
record BesideView(String first, String second, List<Row> rows) {

  /** A cell of a benchmark in both sweeps. */
  record Row(
      CellName cell, String task, String one, String other, String difference, String interval) {}

  /** What two sweeps call alike; a model and a sampling only where a sweep has several. */
  private record Key(
      String task, String version, String metric, String compression, String kv, String setup) {}

  static BesideView of(
      String first, List<Result> one, String second, List<Result> other, Legend legend) {
    boolean setups = setups(one) > 1 || setups(other) > 1;
    Map<Key, Result> others = new HashMap<>();
    other.stream()
        .filter(each -> each.group().isEmpty())
        .forEach(each -> others.put(key(each, setups), each));
    List<Row> rows = new ArrayList<>();
    for (Result each : one) {
      if (each.group().isEmpty()) {
        rows.add(row(each, others.remove(key(each, setups)), legend));
      }
    }
    other.stream()
        .filter(each -> each.group().isEmpty() && others.containsKey(key(each, setups)))
        .forEach(each -> rows.add(row(null, each, legend)));
    return new BesideView(first, second, rows);
  }

  private static long setups(List<Result> results) {
    return results.stream()
        .map(each -> each.cell().model() + each.cell().sampling())
        .distinct()
        .count();
  }

  private static Key key(Result result, boolean setups) {
    return new Key(
        result.task(),
        result.version(),
        result.metric(),
        result.cell().compression(),
        result.cell().kv(),
        setups ? result.cell().model() + ", " + result.cell().sampling() : "");
  }

  private static Row row(Result one, Result other, Legend legend) {
    Result known = one == null ? other : one;
    boolean both =
        one != null && other != null && ScoreView.isScored(one) && ScoreView.isScored(other);
    double scale = known.scale();
    int digits = Numbers.digits(scale);
    Estimate apart = both ? apart(one.score(), other.score()) : null;
    return new Row(
        CellName.of(known.cell(), legend),
        known.task(),
        score(one),
        score(other),
        both ? Numbers.signed(scale * apart.mean(), digits) : Numbers.NONE,
        both && Double.isFinite(apart.low())
            ? Numbers.signed(scale * apart.low(), digits)
                + " to "
                + Numbers.signed(scale * apart.high(), digits)
            : Numbers.NONE);
  }

  private static String score(Result result) {
    return result == null ? "not run" : ScoreView.score(result) + ScoreView.error(result);
  }

  /**
   * As of two samples that have nothing in common; of the same questions it is too wide. The
   * interval is made of theirs, so that it has a width where their errors are 0.
   *
   * <p>Source: R. G. Newcombe, Interval estimation for the difference between independent
   * proportions, Statistics in Medicine 17 (1998), method 10.
   */
  private static Estimate apart(Estimate one, Estimate other) {
    double difference = other.mean() - one.mean();
    double below = Math.hypot(other.mean() - other.low(), one.high() - one.mean());
    double above = Math.hypot(other.high() - other.mean(), one.mean() - one.low());
    return new Estimate(
        difference,
        Math.hypot(one.standardError(), other.standardError()),
        Math.max(-1, difference - below),
        Math.min(1, difference + above));
  }
}

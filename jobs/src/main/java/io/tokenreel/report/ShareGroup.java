package io.tokenreel.report;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Result;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Cells of about one share of tokens, as papers set methods side by side. A group ends where the
 * next lower share is a tenth less, or where it has become a fifth wide.
 *
 * @param share the mean of theirs; 0 where it is not known
 * @param cells with their results, the baseline first, the others in the order of the results
 */
record ShareGroup(double share, Map<Cell, List<Result>> cells) {

  private static final double GAP = 0.1;
  private static final double WIDTH = 0.2;
  private static final double NEARLY_ALL = 0.995;

  /** In descending order of their shares. */
  static List<ShareGroup> all(List<Result> results) {
    Map<Cell, List<Result>> cells = Groups.by(Result::cell, results);
    Map<Cell, Double> shares = new LinkedHashMap<>();
    cells.forEach((cell, own) -> shares.put(cell, share(own)));
    List<Cell> descending = new ArrayList<>(cells.keySet());
    descending.sort(Comparator.comparing((Cell cell) -> shares.get(cell)).reversed());
    List<List<Cell>> groups = new ArrayList<>();
    double first = Double.POSITIVE_INFINITY;
    double previous = Double.POSITIVE_INFINITY;
    for (Cell cell : descending) {
      double share = shares.get(cell);
      if (share < previous * (1 - GAP) || share < first * (1 - WIDTH)) {
        groups.add(new ArrayList<>());
        first = share;
      }
      groups.get(groups.size() - 1).add(cell);
      previous = share;
    }
    List<Cell> order = List.copyOf(cells.keySet());
    return groups.stream()
        .map(
            group -> {
              group.sort(
                  Comparator.comparing((Cell cell) -> !cell.isBaseline())
                      .thenComparing(order::indexOf));
              Map<Cell, List<Result>> own = new LinkedHashMap<>();
              group.forEach(cell -> own.put(cell, cells.get(cell)));
              return new ShareGroup(
                  group.stream().mapToDouble(shares::get).average().orElse(0), own);
            })
        .toList();
  }

  private static double share(List<Result> results) {
    return results.stream()
        .mapToDouble(one -> one.cost().tokenShare())
        .filter(Double::isFinite)
        .average()
        .orElse(0);
  }

  String label() {
    if (share == 0) {
      boolean answered =
          cells.values().stream().flatMap(List::stream).anyMatch(one -> one.counts().answers() > 0);
      return answered ? "A share of the tokens that is not known" : "No answers";
    }
    return share >= NEARLY_ALL
        ? "All tokens"
        : "About %s%% of the tokens".formatted(Numbers.whole(100 * share));
  }
}

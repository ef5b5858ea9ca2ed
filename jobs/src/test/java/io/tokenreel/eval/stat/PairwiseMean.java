package io.tokenreel.eval.stat;

import java.util.List;

/**
 * The mean and its clustered standard error as the paper writes them, with a loop over all pairs of
 * questions: what {@link ClusteredSums} is held to.
 */
final class PairwiseMean {

  /** A question's value, its video, and its part of the average. */
  record Item(double value, String cluster, String stratum) {}

  private final List<Item> items;
  private final int strata;

  PairwiseMean(List<Item> items, int strata) {
    this.items = items;
    this.strata = strata;
  }

  private List<Item> ofStratum(Item item) {
    return items.stream().filter(other -> other.stratum().equals(item.stratum())).toList();
  }

  private double weight(Item item) {
    return 1.0 / strata / ofStratum(item).size();
  }

  private double residual(Item item) {
    List<Item> same = ofStratum(item);
    return item.value() - same.stream().mapToDouble(Item::value).sum() / same.size();
  }

  double mean() {
    return items.stream().mapToDouble(item -> weight(item) * item.value()).sum();
  }

  /** Root of the sum of weighted variances and of all products of unlike questions of a video. */
  double standardError() {
    if (items.stream().map(Item::cluster).distinct().count() < 2) {
      return Double.NaN;
    }
    double[] weighted = items.stream().mapToDouble(item -> weight(item) * residual(item)).toArray();
    double sum = 0;
    for (int i = 0; i < weighted.length; i++) {
      double size = ofStratum(items.get(i)).size();
      sum += weighted[i] * weighted[i] * size / (size - 1);
      for (int j = 0; j < weighted.length; j++) {
        if (i != j && items.get(i).cluster().equals(items.get(j).cluster())) {
          sum += weighted[i] * weighted[j];
        }
      }
    }
    return Math.sqrt(sum);
  }
}

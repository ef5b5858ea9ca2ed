package io.tokenreel.eval.stat;

import org.apache.commons.math3.special.Beta;

/**
 * McNemar's test (Psychometrika 12, 1947) in its exact form: of the questions that one of two cells
 * alone gets right, half are either's where the cells are equally good.
 *
 * <p>Not by commons-math's {@code BinomialTest}: in 3.6.1 its two-sided p of 1 in 2 is 1.5, and of
 * 3 in 13 it lacks one tail's last term, since it compares probabilities that rounding parts. Its
 * one-sided p is 1 less a sum, and 0 where it should be small. {@code McNemarTest} holds this.
 */
final class McNemar {

  private McNemar() {}

  /**
   * Two-sided p value: twice the smaller tail of a binomial distribution with probability 1/2, at
   * most 1. The tail of k in n is I(1/2; n - k, k + 1) with the regularized incomplete beta
   * function I. Where n is even and k half of it the tail is more than half, and where n is odd and
   * k next below, exactly half: both give 1.
   *
   * @param onlyOne questions that the one cell alone gets right
   * @param onlyOther questions that the other alone gets right
   * @return 1 where both are 0
   */
  static double p(long onlyOne, long onlyOther) {
    long fewer = Math.min(onlyOne, onlyOther);
    long more = Math.max(onlyOne, onlyOther);
    return more - fewer < 2 ? 1 : Math.min(1, 2 * Beta.regularizedBeta(0.5, more, fewer + 1));
  }
}

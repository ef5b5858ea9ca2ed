package io.tokenreel.compress;

import io.tokenreel.token.Selection;
import io.tokenreel.token.TokenBlock;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Keeps every token: the yardstick that all methods are measured against. */
final class KeepAll implements TokenCompressor {

  static final String NAME = "none";

  private final CompressionSpec spec;

  KeepAll(CompressionSpec spec) {
    this.spec = spec;
  }

  @Override
  public CompressionSpec spec() {
    return spec;
  }

  @Override
  public Selection select(TokenBlock block) {
    return new Selection(IntStream.range(0, block.shape().tokens()).toArray());
  }

  @Override
  public double[] frameBudgets(TokenBlock block) {
    double[] budgets = new double[block.shape().frames()];
    Arrays.fill(budgets, 1);
    return budgets;
  }
}

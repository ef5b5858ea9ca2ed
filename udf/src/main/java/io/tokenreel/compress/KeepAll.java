package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.kernel.TokenRows;
import io.tokenreel.spec.Spec;
import io.tokenreel.token.Kept;
import io.tokenreel.token.TokenBlock;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.IntStream;

/** {@code none}: keeps every token; the yardstick that all methods are measured against. */
final class KeepAll implements TokenCompressor {

  static final String NAME = "none";

  private final String spec;
  private final Kernels kernels;

  private KeepAll(String spec, Kernels kernels) {
    this.spec = spec;
    this.kernels = kernels;
  }

  static Function<Kernels, TokenCompressor> of(Spec spec) {
    return kernels -> new KeepAll(spec.canonical(), kernels);
  }

  @Override
  public String spec() {
    return spec;
  }

  @Override
  public Kept select(TokenBlock block) {
    new TokenRows(kernels, block).requireFinite();
    return new Kept(IntStream.range(0, block.shape().tokens()).toArray());
  }

  @Override
  public double[] frameBudgets(TokenBlock block) {
    new TokenRows(kernels, block).requireFinite();
    double[] budgets = new double[block.shape().frames()];
    Arrays.fill(budgets, 1);
    return budgets;
  }
}

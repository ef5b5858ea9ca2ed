package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.kernel.TokenRows;
import io.tokenreel.spec.Spec;
import io.tokenreel.token.Kept;
import io.tokenreel.token.TokenBlock;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * {@code uniform:retention=R}: every round(1/R)-th place of each frame, from the first on; a
 * baseline that looks at no token. The true share is 1 / round(1/R), so retentions above 2/3 keep
 * everything.
 */
final class Uniform implements TokenCompressor {

  static final String NAME = "uniform";

  private final String spec;
  private final Kernels kernels;
  private final int stride;

  private Uniform(String spec, Kernels kernels, double retention) {
    this.spec = spec;
    this.kernels = kernels;
    this.stride = (int) Math.rint(1 / retention);
  }

  static Function<Kernels, TokenCompressor> of(Spec spec) {
    double retention = spec.positiveShare("retention");
    return kernels -> new Uniform(spec.canonical(), kernels, retention);
  }

  @Override
  public String spec() {
    return spec;
  }

  @Override
  public Kept select(TokenBlock block) {
    new TokenRows(kernels, block).requireFinite();
    int perFrame = block.shape().tokensPerFrame();
    return new Kept(
        IntStream.range(0, block.shape().tokens())
            .filter(i -> i % perFrame % stride == 0)
            .toArray());
  }

  @Override
  public double[] frameBudgets(TokenBlock block) {
    new TokenRows(kernels, block).requireFinite();
    double[] budgets = new double[block.shape().frames()];
    Arrays.fill(budgets, 1.0 / stride);
    return budgets;
  }
}

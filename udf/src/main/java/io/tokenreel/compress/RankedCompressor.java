package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.token.Kept;
import io.tokenreel.token.TokenBlock;

/**
 * A method that ranks tokens; methods differ in the selection alone.
 *
 * @param spec canonical
 */
record RankedCompressor(String spec, Kernels kernels, RankedSelection selection)
    implements TokenCompressor {

  @Override
  public Kept select(TokenBlock block) {
    return selectWithBudgets(block).kept();
  }

  @Override
  public BudgetedKept selectWithBudgets(TokenBlock block) {
    return selection.select(kernels, block);
  }

  @Override
  public double[] frameBudgets(TokenBlock block) {
    return selection.frameBudgets(kernels, block);
  }
}

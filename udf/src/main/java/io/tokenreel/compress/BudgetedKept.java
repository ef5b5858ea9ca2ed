package io.tokenreel.compress;

import io.tokenreel.token.Kept;
import java.util.Objects;

/**
 * What a method keeps of a block, and what it set out to keep.
 *
 * @param kept as {@link TokenCompressor#select} gives it
 * @param frameBudgets {@code [frames]}, as {@link TokenCompressor#frameBudgets} gives them; shared
 *     and not written to after construction
 */
public record BudgetedKept(Kept kept, double[] frameBudgets) {

  public BudgetedKept {
    Objects.requireNonNull(kept, "kept");
    Objects.requireNonNull(frameBudgets, "frameBudgets");
  }
}

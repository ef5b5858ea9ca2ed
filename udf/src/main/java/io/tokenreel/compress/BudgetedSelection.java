package io.tokenreel.compress;

import io.tokenreel.token.Selection;
import java.util.Objects;

/**
 * What a method keeps of a block, and what it set out to keep.
 *
 * @param selection as {@link TokenCompressor#select} gives it
 * @param frameBudgets {@code [frames]}, as {@link TokenCompressor#frameBudgets} gives them; shared
 *     and not written to after construction
 */
public record BudgetedSelection(Selection selection, double[] frameBudgets) {

  public BudgetedSelection {
    Objects.requireNonNull(selection, "selection");
    Objects.requireNonNull(frameBudgets, "frameBudgets");
  }
}

package io.tokenreel.compress;

import io.tokenreel.spec.Spec;
import io.tokenreel.token.Kept;
import io.tokenreel.token.Signals;
import io.tokenreel.token.TokenBlock;
import java.util.Set;

/**
 * A compression method with its settings bound: it chooses which of a video's visual tokens are
 * kept. Thread-safe and free of state.
 */
public interface TokenCompressor {

  /** The canonical spec, see {@link Spec#canonical}: this compressor's name in cache keys. */
  String spec();

  /**
   * Chooses the tokens to keep.
   *
   * @throws IllegalArgumentException when the block does not suit the method, or holds a NaN or an
   *     infinity (the message names the token)
   */
  Kept select(TokenBlock block);

  /**
   * The share of each frame's tokens that the method sets out to keep, before rounding to whole
   * tokens.
   *
   * @return {@code [frames]}, each in [0, 1]; 0 only where the method drops a whole frame
   * @throws IllegalArgumentException as {@link #select}
   */
  double[] frameBudgets(TokenBlock block);

  /**
   * Names of the {@link Signals} that the method needs beside tokens, such as {@code
   * attn_received}. A method that needs some chooses in {@link #compress}, and calls it with {@link
   * Signals#none} where it is asked without.
   */
  default Set<String> needs() {
    return Set.of();
  }

  /**
   * Chooses the tokens to keep of a block and its signals; of a method that needs none, {@link
   * #select}.
   *
   * @param signals of the block's video
   * @throws IllegalArgumentException as {@link #select}, or when a signal that the method needs is
   *     not there
   */
  default Kept compress(TokenBlock block, Signals signals) {
    SignalNeeds.require(this, signals);
    return select(block);
  }

  /**
   * {@link #select} and {@link #frameBudgets} together; methods whose budgets take an analysis of
   * the block make one for both.
   *
   * @throws IllegalArgumentException as {@link #select}
   */
  default BudgetedKept selectWithBudgets(TokenBlock block) {
    return new BudgetedKept(select(block), frameBudgets(block));
  }
}

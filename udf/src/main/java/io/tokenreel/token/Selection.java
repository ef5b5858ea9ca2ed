package io.tokenreel.token;

import java.util.Objects;

/**
 * The tokens that a method keeps: indices into the flattened {@code [frames * tokensPerFrame]}
 * grid, in the order in which a language model is fed the tokens.
 *
 * <p>That order is ascending, with one exception: on LLaVA-Video's grid, where every row of a frame
 * ends in a newline token, the released code puts the kept tokens of a frame first (ascending) and
 * all newline tokens of that frame after them (ascending), frame by frame.
 *
 * @param indices flat indices t * M + m, each once, shared and not written to after construction
 */
public record Selection(int[] indices) {

  public Selection {
    Objects.requireNonNull(indices, "indices");
  }

  public int size() {
    return indices.length;
  }
}

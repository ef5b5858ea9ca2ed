package io.tokenreel.token;

import java.util.Objects;

/**
 * The tokens that a method keeps: ascending indices into the flattened {@code [frames *
 * tokensPerFrame]} grid.
 *
 * @param indices flat indices t * M + m, ascending, shared and not written to after construction
 */
public record Selection(int[] indices) {

  public Selection {
    Objects.requireNonNull(indices, "indices");
  }

  public int size() {
    return indices.length;
  }
}

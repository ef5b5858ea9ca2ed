package io.tokenreel.compress;

import io.tokenreel.kernel.TokenRows;

/**
 * What scores and budgets want to know of one block, each part computed when first asked for and
 * then shared between them; so is the check that the tokens are finite, which every part includes.
 * Lives for one call on one thread.
 */
final class Analysis {

  private final TokenRows rows;
  private GaussianSimilarity similarity;
  private CosineUniqueness uniqueness;
  private double[] norms;
  private boolean checked;

  Analysis(TokenRows rows) {
    this.rows = rows;
  }

  TokenRows rows() {
    return rows;
  }

  int frames() {
    return rows.frames();
  }

  int tokensPerFrame() {
    return rows.tokensPerFrame();
  }

  GaussianSimilarity similarity() {
    if (similarity == null) {
      similarity = GaussianSimilarity.of(rows);
      checked = true;
    }
    return similarity;
  }

  CosineUniqueness uniqueness() {
    if (uniqueness == null) {
      uniqueness = CosineUniqueness.of(rows);
      checked = true;
    }
    return uniqueness;
  }

  /** The tokens' lengths, {@code [frames * tokensPerFrame]}. */
  double[] norms() {
    if (norms == null) {
      norms = TokenNorms.of(rows);
      checked = true;
    }
    return norms;
  }

  /**
   * For what looks at no token: the check alone.
   *
   * @throws IllegalArgumentException naming the first token that is not finite
   */
  void requireFinite() {
    if (!checked) {
      rows.requireFinite();
      checked = true;
    }
  }
}

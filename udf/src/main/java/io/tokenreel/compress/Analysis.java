package io.tokenreel.compress;

import io.tokenreel.kernel.TokenRows;

/**
 * What scores and budgets want to know of one block, each part computed when first asked for and
 * then shared between them. Lives for one call on one thread.
 */
final class Analysis {

  private final TokenRows rows;
  private GaussianSimilarity similarity;
  private CosineUniqueness uniqueness;

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
    }
    return similarity;
  }

  CosineUniqueness uniqueness() {
    if (uniqueness == null) {
      uniqueness = CosineUniqueness.of(rows);
    }
    return uniqueness;
  }
}

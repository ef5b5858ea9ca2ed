package io.tokenreel.model.decoder;

import io.tokenreel.model.NotFiniteException;

/** What is read off a row of logits. */
final class Logits {

  private Logits() {}

  /**
   * The logits themselves.
   *
   * @throws NotFiniteException when one is not a finite number
   */
  static float[] checked(float[] logits) {
    for (int i = 0; i < logits.length; i++) {
      if (!Float.isFinite(logits[i])) {
        throw new NotFiniteException(
            "the model's logits must be finite; token %d has %s: look at the checkpoint's weights and at the visual tokens"
                .formatted(i, logits[i]));
      }
    }
    return logits;
  }

  /** The token of the greatest logit; ties go to the lower one. */
  static int greatest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  /** Logarithm of a token's probability. */
  static double logProbability(float[] logits, int token) {
    double greatest = logits[greatest(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - greatest);
    }
    return logits[token] - greatest - Math.log(sum);
  }
}

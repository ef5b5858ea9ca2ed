package io.tokenreel.model.decoder;

/**
 * The positions of the tokens after a video, which are not their places in the sequence where a
 * model's rows have several axes: a grid spans fewer positions than it has rows, and tokens that
 * were pruned keep theirs.
 *
 * @param axes of a position
 * @param text of the first token of the text after the video
 * @param reach 1 + the largest position of the prompt so far, pruned tokens included
 */
record NextPlaces(int axes, int text, int reach) {

  /** Tokens of the text after the video, from its first one on. */
  PromptRows text(float[] rows, int count) {
    return PromptRows.text(rows, count, axes, text);
  }

  /**
   * A token of the answer.
   *
   * @param textTokens tokens of the text after the video
   * @param said tokens of the answer before it
   */
  PromptRows answer(float[] row, int textTokens, int said) {
    return PromptRows.text(row, 1, axes, Math.max(reach, text + textTokens) + said);
  }
}

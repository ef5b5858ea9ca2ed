package io.tokenreel.model;

/**
 * What a vision tower is and gives.
 *
 * @param encoder {@code name@revision}, where the revision changes whenever the tower's weights or
 *     settings do; part of every cache key
 * @param frameHeight pixels
 * @param frameWidth pixels
 * @param gridHeight rows of a frame's token grid, after pooling
 * @param gridWidth columns of a frame's token grid, after pooling
 * @param dim channels of a token, the language model's width
 * @param separatorRows {@code [rows][dim]}: rows that the model adds after the last frame's tokens
 *     (LLaVA's image_newline); empty when it adds none
 */
public record VisionInfo(
    String encoder,
    int frameHeight,
    int frameWidth,
    int gridHeight,
    int gridWidth,
    int dim,
    float[] separatorRows) {

  /** Tokens of one frame. */
  public int tokensPerFrame() {
    return gridHeight * gridWidth;
  }
}

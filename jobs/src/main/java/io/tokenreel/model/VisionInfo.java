package io.tokenreel.model;

import io.tokenreel.token.FeedLayout;
import java.util.Objects;

/**
 * What a vision tower is and gives.
 *
 * @param encoder {@code family@revision}, where the revision changes whenever the tower's weights
 *     or settings do, and with nothing else; part of every cache key
 * @param model the checkpoint's readable name
 * @param frameHeight pixels
 * @param frameWidth pixels
 * @param gridHeight rows of a frame's token grid, after pooling
 * @param gridWidth columns of a frame's token grid, after pooling
 * @param dim channels of a token, the language model's width
 * @param layout the model's own rows among a video's tokens, such as LLaVA's image_newline
 */
public record VisionInfo(
    String encoder,
    String model,
    int frameHeight,
    int frameWidth,
    int gridHeight,
    int gridWidth,
    int dim,
    FeedLayout layout) {

  public VisionInfo {
    Objects.requireNonNull(encoder, "encoder");
    Objects.requireNonNull(model, "model");
    for (int size : new int[] {frameHeight, frameWidth, gridHeight, gridWidth, dim}) {
      if (size < 1) {
        throw new IllegalArgumentException(
            "%s: frame, grid and channels must each be at least 1; got frames of %d x %d, a grid of %d x %d, %d channels"
                .formatted(encoder, frameHeight, frameWidth, gridHeight, gridWidth, dim));
      }
    }
    Objects.requireNonNull(layout, "layout");
    if (layout.rows().length % dim != 0) {
      throw new IllegalArgumentException(
          "%s: rows of the layout must be whole rows of %d channels; got %d values"
              .formatted(encoder, dim, layout.rows().length));
    }
  }

  /** Tokens of one frame. */
  public int tokensPerFrame() {
    return gridHeight * gridWidth;
  }

  /** Bytes of one RGB frame. */
  public int frameBytes() {
    return frameHeight * frameWidth * 3;
  }

  /** Floats of one frame's tokens. */
  public int frameFloats() {
    return tokensPerFrame() * dim;
  }
}

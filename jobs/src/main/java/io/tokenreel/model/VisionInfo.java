package io.tokenreel.model;

import io.tokenreel.token.FeedLayout;
import io.tokenreel.token.TokenShape;
import io.tokenreel.video.FrameFit;
import io.tokenreel.video.FrameSize;
import java.util.Objects;
import java.util.Set;

/**
 * What a vision tower is and gives.
 *
 * @param encoder {@code family@revision}, where the revision changes whenever the tower's weights
 *     or settings do, and with nothing else; part of every cache key
 * @param model the checkpoint's readable name
 * @param fit how frames are sized for it
 * @param grid how frames become a grid of tokens
 * @param dim channels of a token, the language model's width
 * @param planes of a token, {@link TokenShape#planes}
 * @param layout the model's own rows among a video's tokens, such as LLaVA's image_newline
 * @param origin what tokens come from, for those who read them elsewhere
 */
public record VisionInfo(
    String encoder,
    String model,
    FrameFit fit,
    StepGrid grid,
    int dim,
    int planes,
    FeedLayout layout,
    EncoderOrigin origin) {

  public VisionInfo {
    Objects.requireNonNull(encoder, "encoder");
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(fit, "fit");
    Objects.requireNonNull(grid, "grid");
    Objects.requireNonNull(layout, "layout");
    Objects.requireNonNull(origin, "origin");
    if (dim < 1 || planes < 1) {
      throw new IllegalArgumentException(
          "%s: a token must have at least 1 channel and 1 plane; got %d and %d"
              .formatted(encoder, dim, planes));
    }
    if (layout.rows().length % (planes * dim) != 0) {
      throw new IllegalArgumentException(
          "%s: rows of the layout must be whole rows of %d channels; got %d values"
              .formatted(encoder, planes * dim, layout.rows().length));
    }
  }

  /** Names of the signals that the tower gives beside tokens; no tower gives any yet. */
  public Set<String> signals() {
    return Set.of();
  }

  /**
   * The shape of a video's tokens, which is known before they are computed.
   *
   * @param frames how many were sampled, at least 1
   * @param size of each
   * @throws IllegalArgumentException for a size that the tower does not take
   */
  public TokenShape shape(int frames, FrameSize size) {
    try {
      StepGrid.Size step = grid.of(size);
      return new TokenShape(grid.steps(frames), step.rows(), step.columns(), dim, planes);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(encoder + " " + e.getMessage(), e);
    }
  }
}

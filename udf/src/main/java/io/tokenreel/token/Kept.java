package io.tokenreel.token;

import java.util.Objects;

/**
 * What a method keeps of a video: places of the grid, each once, ascending. What a language model
 * is fed comes of it by the model's {@link FeedLayout}.
 *
 * @param places flat indices t * M + m of the grid {@code [frames][tokensPerFrame]}, shared and not
 *     written to after construction
 */
public record Kept(int[] places) {

  public Kept {
    Objects.requireNonNull(places, "places");
  }

  public int size() {
    return places.length;
  }
}

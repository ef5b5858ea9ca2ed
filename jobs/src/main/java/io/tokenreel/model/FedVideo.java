package io.tokenreel.model;

import io.tokenreel.token.TokenShape;
import java.util.Optional;

/**
 * What a language model is fed of one video.
 *
 * @param rows {@code [n][planes][dim]}, kept tokens and the model's own rows, in the order that
 *     they are fed; shared, nobody writes to it
 * @param dim channels of a plane, the width of the language model
 * @param planes of a row, {@link TokenShape#planes}
 * @param places where the rows stand in the video; empty where only the rows are known
 */
public record FedVideo(float[] rows, int dim, int planes, Optional<Places> places) {

  /**
   * Where rows stand in their video.
   *
   * @param grid of the tokens before compression
   * @param index {@code [n]}, of each row its place in the grid, or {@link
   *     io.tokenreel.token.FeedLayout#CONSTANT}
   * @param times of the video's frames; empty where they were not kept
   */
  public record Places(TokenShape grid, int[] index, Optional<SourceTimes> times) {}

  public FedVideo {
    if (rows.length % (planes * dim) != 0) {
      throw new IllegalArgumentException(
          "visual tokens must be whole rows of %d channels; got %d values"
              .formatted(planes * dim, rows.length));
    }
    int expected = rows.length / (planes * dim);
    if (places.isPresent() && places.get().index().length != expected) {
      throw new IllegalArgumentException(
          "%d visual rows must have a place each; got %d"
              .formatted(expected, places.get().index().length));
    }
  }

  /** Rows of one plane alone. */
  public static FedVideo ofRows(float[] rows, int dim) {
    return new FedVideo(rows, dim, 1, Optional.empty());
  }

  /** How many rows are fed. */
  public int count() {
    return rows.length / (planes * dim);
  }

  /**
   * Where the rows stand.
   *
   * @throws IllegalArgumentException when only the rows are known
   */
  public Places requirePlaces() {
    return places.orElseThrow(
        () ->
            new IllegalArgumentException(
                "the model tells tokens apart by their place in the video, and kept tokens alone do not say it: answer from the tokens of a cache"));
  }

  /**
   * The times of the frames.
   *
   * @throws IllegalArgumentException when they are not known
   */
  public SourceTimes requireTimes() {
    if (places.isEmpty()) {
      throw new IllegalArgumentException(
          "the model's prompt says when the video's frames are shown, and kept tokens alone do not say it: answer from the tokens of a cache");
    }
    return places
        .get()
        .times()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the model's prompt says when the video's frames are shown, and these tokens were written by a version that did not keep it: precompute the videos again"));
  }
}

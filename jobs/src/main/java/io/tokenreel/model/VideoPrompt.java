package io.tokenreel.model;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What a language model reads about one video and one question, as its family makes it: text and
 * visual rows in turn up to the video's last row, then text.
 *
 * @param video segments up to and including the last visual one; the same for all questions about
 *     the video where the template allows it
 * @param after the text after the video: the question, up to where the answer begins
 * @param text the whole as a person reads it, a placeholder in the place of visual rows
 */
public record VideoPrompt(List<Segment> video, String after, String text) {

  /** A part of a prompt. */
  public sealed interface Segment {}

  /**
   * Text, in which special tokens may be written out.
   *
   * @param text tokenized by itself
   */
  public record Text(String text) implements Segment {}

  /**
   * Rows of the video that stand together.
   *
   * @param first of the video's fed rows
   * @param positions of each row
   */
  public record Visual(int first, RowPositions positions) implements Segment {}

  public VideoPrompt {
    video = List.copyOf(video);
    if (video.isEmpty() || !(video.get(video.size() - 1) instanceof Visual)) {
      throw new IllegalArgumentException("a prompt's video must end with visual rows");
    }
  }

  /** The text before and among the visual rows; prompts in which it is equal share the video. */
  public String before() {
    return video.stream()
        .map(segment -> segment instanceof Text text ? text.text() : "\0")
        .collect(Collectors.joining());
  }
}

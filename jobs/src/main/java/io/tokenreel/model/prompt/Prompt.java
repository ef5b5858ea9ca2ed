package io.tokenreel.model.prompt;

/**
 * The text of a prompt around its video.
 *
 * @param before what stands before the visual tokens
 * @param placeholder what stands for them, as a template writes it
 * @param after what stands after them: the question and the beginning of the answer
 */
public record Prompt(String before, String placeholder, String after) {

  /**
   * Parts a rendered prompt at its one placeholder.
   *
   * @throws IllegalArgumentException when it has none, or more than one
   */
  static Prompt around(String placeholder, String text) {
    int at = text.indexOf(placeholder);
    if (at < 0 || text.indexOf(placeholder, at + 1) >= 0) {
      throw new IllegalArgumentException(
          "a prompt must hold %s once, where the video goes; got:%n%s"
              .formatted(placeholder, text));
    }
    return new Prompt(
        text.substring(0, at), placeholder, text.substring(at + placeholder.length()));
  }

  /** The whole text. */
  @Override
  public String toString() {
    return before + placeholder + after;
  }
}

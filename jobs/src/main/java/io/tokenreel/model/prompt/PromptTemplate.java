package io.tokenreel.model.prompt;

/** How a question about a video becomes the text that a language model is fed. */
@FunctionalInterface
public interface PromptTemplate {

  /**
   * Renders a prompt for one video and one question, up to where the answer begins.
   *
   * @throws IllegalArgumentException when the template cannot be rendered, or the question holds
   *     the video's placeholder
   */
  Prompt render(String question);
}

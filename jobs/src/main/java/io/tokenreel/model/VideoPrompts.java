package io.tokenreel.model;

/** The prompts of one template, for one checkpoint. */
@FunctionalInterface
public interface VideoPrompts {

  /**
   * A prompt for one video and one question, up to where the answer begins.
   *
   * @throws IllegalArgumentException when the template cannot be rendered, the question holds the
   *     video's placeholder, or the video lacks what the prompt says of it
   */
  VideoPrompt of(String question, FedVideo video);
}

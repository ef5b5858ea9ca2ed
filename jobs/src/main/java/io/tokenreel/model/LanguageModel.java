package io.tokenreel.model;

import io.tokenreel.model.prompt.PromptTemplate;

/**
 * A model's language side on one device: from a video's visual tokens and a question to an answer.
 *
 * <p>Thread-safe. What is answered about a video depends, to the last bit, neither on the other
 * questions about it nor on the number of threads.
 */
public interface LanguageModel extends AutoCloseable {

  /** What this model is. */
  LanguageInfo info();

  /**
   * The prompt template of a name.
   *
   * @throws IllegalArgumentException when it is unknown, or the checkpoint has none
   */
  PromptTemplate template(String name);

  /**
   * Reads a prompt up to and including a video's tokens; questions go on from there.
   *
   * @param before the prompt's text before the video
   * @param visual {@code [tokens][dim]}, what a token cache holds, separator rows included
   * @throws IllegalArgumentException when they are not whole rows, or too many
   */
  VideoReading read(String before, float[] visual);

  @Override
  void close();
}

package io.tokenreel.model;

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
   * The prompts of a template.
   *
   * @throws IllegalArgumentException as {@link PromptStyle#prompts} does
   */
  VideoPrompts prompts(String template);

  /**
   * Reads a prompt up to and including a video's last row; questions go on from there.
   *
   * @param prompt of any question about the video
   * @throws IllegalArgumentException when the rows have another number of channels, or are too many
   */
  VideoReading read(VideoPrompt prompt, FedVideo video);

  /** Where it runs, and how much of the device was in use at most; asked for at any time. */
  default DeviceUse use() {
    return DeviceUse.cpu();
  }

  @Override
  void close();
}

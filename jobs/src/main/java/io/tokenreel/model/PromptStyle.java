package io.tokenreel.model;

/** How a family feeds its language model. */
public interface PromptStyle {

  /**
   * The prompts of a template.
   *
   * @throws IllegalArgumentException when it is unknown, the checkpoint has none, or it cannot be
   *     rendered
   */
  VideoPrompts prompts(String template);

  /** All that prompts depend on but the templates, one setting a line; empty for nothing. */
  String canonical();
}

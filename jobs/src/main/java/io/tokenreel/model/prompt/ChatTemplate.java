package io.tokenreel.model.prompt;

import io.tokenreel.jinja.JinjaTemplate;
import java.util.List;
import java.util.Map;

/** A checkpoint's own chat template, which is Jinja, rendered for one video and one question. */
final class ChatTemplate implements PromptTemplate {

  private static final long MOST_CHARACTERS = 1 << 20;

  private final JinjaTemplate template;
  private final String placeholder;

  /**
   * Takes a template.
   *
   * @param template Jinja
   * @param placeholder the token that it puts where the video goes
   */
  ChatTemplate(String template, String placeholder) {
    this.template = JinjaTemplate.text(template, MOST_CHARACTERS);
    this.placeholder = placeholder;
  }

  @Override
  public Prompt render(String question) {
    Map<String, Object> message =
        Map.of(
            "role",
            "user",
            "content",
            List.of(Map.of("type", "video"), Map.of("type", "text", "text", question)));
    return Prompt.around(
        placeholder,
        template.render(Map.of("messages", List.of(message), "add_generation_prompt", true)));
  }
}

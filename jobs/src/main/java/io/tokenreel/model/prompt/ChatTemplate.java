package io.tokenreel.model.prompt;

import io.tokenreel.jinja.JinjaTemplate;
import java.util.LinkedHashMap;
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
    Map<String, Object> text = new LinkedHashMap<>(); // in order, for a template may print them
    text.put("type", "text");
    text.put("text", question);
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("role", "user");
    message.put("content", List.of(Map.of("type", "video"), text));
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("messages", List.of(message));
    values.put("add_generation_prompt", true);
    return Prompt.around(placeholder, template.render(values));
  }
}

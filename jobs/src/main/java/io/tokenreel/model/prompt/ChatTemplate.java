package io.tokenreel.model.prompt;

import io.tokenreel.jinja.JinjaTemplate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A checkpoint's own chat template, which is Jinja, rendered for one video and one question. */
final class ChatTemplate implements PromptTemplate {

  private static final long MOST_CHARACTERS = 1 << 20;

  private final JinjaTemplate template;
  private final Map<String, String> specialTokens;
  private final VideoMark mark;

  /**
   * Takes a template.
   *
   * @param template Jinja
   * @param specialTokens the tokenizer's, by the names that it may have for them
   * @param mark how it is given the video
   */
  ChatTemplate(String template, Map<String, String> specialTokens, VideoMark mark) {
    this.template = JinjaTemplate.chat(template, MOST_CHARACTERS);
    this.specialTokens = new LinkedHashMap<>(specialTokens);
    this.mark = mark;
  }

  @Override
  public Prompt render(String question) {
    return Prompt.around(mark.placeholder(), text(question));
  }

  /** The prompt as one text, with the video's placeholder. */
  String text(String question) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("role", "user");
    message.put("content", mark.content(question));
    Map<String, Object> values = new LinkedHashMap<>(specialTokens);
    values.put("messages", List.of(message));
    values.put("add_generation_prompt", true);
    return template.render(values);
  }
}

package io.tokenreel.eval.task;

import io.tokenreel.jinja.JinjaTemplate;
import io.tokenreel.spec.UnknownWord;
import java.util.Map;

/** A text of a task's file that a question's values are put into; errors name its key. */
final class TaskText {

  private static final long MOST_CHARACTERS = 1 << 24; // subtitles of hours

  private final String key;
  private final JinjaTemplate template;

  TaskText(String key, String text) {
    this.key = key;
    this.template = JinjaTemplate.text(text, MOST_CHARACTERS);
  }

  static TaskText orNull(String key, String text) {
    return text == null ? null : new TaskText(key, text);
  }

  /**
   * The text of a question.
   *
   * @param values columns and what else there is, by name
   * @throws IllegalArgumentException when it names another, or is no template
   */
  String of(Map<String, ?> values) {
    try {
      return template.render(values);
    } catch (JinjaTemplate.UnknownName e) {
      throw new IllegalArgumentException(
          key + ": " + UnknownWord.message("column", e.name(), values.keySet()), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
    }
  }
}

package io.tokenreel.eval.parse;

import io.tokenreel.python.PythonText;
import java.io.Serializable;
import java.util.List;

/**
 * What a model thinks before it answers, which lmms-eval takes out of a response since 0.7, before
 * a task sees it (lmms_eval/api/reasoning.py).
 *
 * @param pairs an opening and a closing tag each, one pair after the other; none leaves responses
 *     as they are
 */
public record ReasoningTags(List<List<String>> pairs) implements Serializable {

  /** Responses are taken as they are. */
  public static final ReasoningTags NONE = new ReasoningTags(List.of());

  public ReasoningTags {
    pairs = pairs.stream().map(List::copyOf).toList();
    for (List<String> pair : pairs) {
      if (pair.size() != 2 || pair.stream().anyMatch(String::isEmpty)) {
        throw new IllegalArgumentException(
            "expected pairs of an opening and a closing tag; got " + pair);
      }
    }
  }

  /**
   * What a response says beside the reasoning, without white space around it. A closing tag alone,
   * whose opening one a chat template has put into the prompt, ends the reasoning too.
   */
  public String removed(String response) {
    String text = response;
    for (List<String> pair : pairs) {
      text = removed(text, pair.get(0), pair.get(1));
    }
    return pairs.isEmpty() ? text : PythonText.strip(text);
  }

  private static String removed(String response, String opening, String closing) {
    String text = response;
    int from = text.indexOf(opening);
    int to = from < 0 ? -1 : text.indexOf(closing, from);
    while (to >= 0) {
      text = text.substring(0, from) + text.substring(to + closing.length());
      from = text.indexOf(opening);
      to = from < 0 ? -1 : text.indexOf(closing, from);
    }
    int last = text.lastIndexOf(closing);
    return from < 0 && last >= 0 ? text.substring(last + closing.length()) : text;
  }
}

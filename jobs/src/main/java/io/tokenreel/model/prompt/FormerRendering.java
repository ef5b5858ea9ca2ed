package io.tokenreel.model.prompt;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * Which chat templates versions before 0.2 rendered with other blanks than Jinja does: those
 * trimmed nothing beside an expression or a comment, took blanks before a tag within a line, and
 * kept a newline at the end. Decoders with such a template have another revision, so that answers
 * by the wrong prompts are not taken for theirs.
 */
final class FormerRendering {

  private static final String PROBE = "What happens?";

  private static final Pattern SIGN_OF_START = Pattern.compile("(\\{[{#])-");
  private static final Pattern SIGN_OF_END = Pattern.compile("-([}#]\\})");
  private static final Pattern BLANKS_BEFORE_TAG = Pattern.compile("(?<![ \\t])[ \\t]+(?=\\{[%#])");
  private static final Pattern LAST_NEWLINE = Pattern.compile("(?<![%#]\\})\\n\\z");

  private FormerRendering() {}

  /** Whether prompts differ. */
  static boolean differs(String template, Map<String, String> specialTokens) {
    String former = SIGN_OF_START.matcher(template).replaceAll("$1");
    former = SIGN_OF_END.matcher(former).replaceAll("$1");
    former = BLANKS_BEFORE_TAG.matcher(former).replaceAll("");
    former = LAST_NEWLINE.matcher(former).replaceAll("{{ '\\\\n' }}");
    if (former.equals(template)) {
      return false;
    }
    for (VideoMark mark : VideoMark.values()) {
      if (!rendered(template, specialTokens, mark).equals(rendered(former, specialTokens, mark))) {
        return true;
      }
    }
    return false;
  }

  /** The prompt, or nothing where the template does not take such a message. */
  private static String rendered(
      String template, Map<String, String> specialTokens, VideoMark mark) {
    try {
      return new ChatTemplate(template, specialTokens, mark).text(PROBE);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}

package io.tokenreel.jinja;

import io.tokenreel.python.PythonText;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rewrites a Jinja template so that Jinjava, which trims nothing then, renders what Jinja does.
 * What the template says of white space is carried out: signs beside its delimiters, {@code
 * trim_blocks} and {@code lstrip_blocks}. Jinjava's own trimming does nothing beside an expression,
 * and takes blanks before a tag within a line.
 *
 * <p>Source: Jinja 3.1, {@code Lexer} of lexer.py, with the settings of Transformers' {@code
 * _compile_jinja_template} (utils/chat_template_utils.py).
 */
final class TemplateSource {

  private static final String COMMENT_START = "{#";
  private static final String EXPRESSION_START = "{{";

  private static final Pattern START = Pattern.compile("\\{[{%#]");
  private static final Pattern RAW =
      Pattern.compile("\\{%[-+]?" + PythonText.SPACE + "*raw" + PythonText.SPACE + "*(-?)%\\}");
  private static final Pattern END_OF_RAW =
      Pattern.compile("\\{%[-+]?" + PythonText.SPACE + "*endraw" + PythonText.SPACE + "*[-+]?%\\}");
  private static final Pattern NEWLINE = Pattern.compile("\r\n?");
  private static final Pattern LAST_NEWLINE = Pattern.compile("(\r\n|\r|\n)\\z");

  private final String source;
  private final StringBuilder out = new StringBuilder();
  private final Deque<String> blocks = new ArrayDeque<>(); // loops and conditions that are open
  private int at;

  private TemplateSource(String source) {
    this.source = source;
  }

  /** The template that says the same to Jinjava. */
  static String forJinjava(String template) {
    return new TemplateSource(NEWLINE.matcher(template).replaceAll("\n")).read();
  }

  /** A template without the newline at its end, which Jinja drops unless it is told to keep it. */
  static String withoutLastNewline(String template) {
    return LAST_NEWLINE.matcher(template).replaceAll("");
  }

  private String read() {
    Matcher start = START.matcher(source);
    Matcher raw = RAW.matcher(source);
    while (start.find(at)) {
      int tag = start.start();
      out.append(apart(trimmed(tag, sign(tag + 2), !source.startsWith(EXPRESSION_START, tag))));
      boolean read;
      if (raw.region(tag, source.length()).lookingAt()) {
        read = raw(raw);
      } else if (source.startsWith(COMMENT_START, tag)) {
        read = comment(tag);
      } else {
        read = tag(tag);
      }
      if (!read) { // it has no end, which whoever reads it next says
        return out.append(source, tag, source.length()).toString();
      }
    }
    return out.append(source, at, source.length()).toString();
  }

  /** The sign at a place, or a blank. */
  private char sign(int place) {
    char sign = place < source.length() ? source.charAt(place) : ' ';
    return sign == '-' || sign == '+' ? sign : ' ';
  }

  /** Text up to a tag, as the tag's sign has it. */
  private String trimmed(int end, char sign, boolean block) {
    String text = source.substring(at, end);
    if (sign == '-') {
      return PythonText.stripEnd(text);
    }
    int line = text.lastIndexOf('\n') + 1;
    boolean begins = line > 0 || at == 0 || source.charAt(at - 1) == '\n';
    boolean blank = PythonText.strip(text.substring(line)).isEmpty();
    return sign == ' ' && block && begins && blank ? text.substring(0, line) : text;
  }

  /** A text that does not become a part of the delimiter behind it. */
  private static String apart(String text) {
    return text.endsWith("{") ? text.substring(0, text.length() - 1) + "{{ '{' }}" : text;
  }

  private boolean raw(Matcher raw) {
    out.append("{% raw %}");
    at = raw.end();
    if (raw.group(1).equals("-")) {
      skipSpaces();
    }
    Matcher end = END_OF_RAW.matcher(source);
    if (!end.find(at)) {
      return false;
    }
    out.append(trimmed(end.start(), sign(end.start() + 2), true)).append("{% endraw %}");
    at = end.end();
    afterBlock(sign(end.end() - 3));
    return true;
  }

  private boolean comment(int tag) {
    int end = source.indexOf("#}", tag + 2);
    if (end < 0) {
      return false;
    }
    at = end + 2;
    afterBlock(end > tag + 3 ? sign(end - 1) : ' ');
    return true;
  }

  private boolean tag(int tag) {
    boolean block = source.charAt(tag + 1) == '%';
    int start = tag + 2 + (sign(tag + 2) == ' ' ? 0 : 1);
    int end = endOfTag(start, block ? "%}" : "}}");
    if (end < 0) {
      return false;
    }
    char sign = end > start ? sign(end - 1) : ' ';
    if (sign == '+' && !block) {
      sign = ' ';
    }
    String inside = source.substring(start, sign == ' ' ? end : end - 1);
    if (block) {
      requireLoopsOfJinjava(inside);
    }
    out.append(block ? "{% " : "{{ ")
        .append(ExpressionSource.forJinjava(inside))
        .append(block ? " %}" : " }}");
    at = end + 2;
    if (block) {
      afterBlock(sign);
    } else if (sign == '-') {
      skipSpaces();
    }
    return true;
  }

  /** Jinjava renders other rounds of a loop that has a condition or an else. */
  private void requireLoopsOfJinjava(String tag) {
    String[] words = ExpressionSource.QUOTED.matcher(tag).replaceAll("").strip().split("\\s+");
    switch (words[0]) {
      case "if", "for" -> blocks.push(words[0]);
      case "endif", "endfor" -> blocks.poll();
      default -> {}
    }
    boolean withElse = words[0].equals("else") && "for".equals(blocks.peek());
    if (withElse || (words[0].equals("for") && ExpressionSource.hasCondition(tag))) {
      throw new IllegalArgumentException(
          "a loop of the template has %s, which is not rendered as Jinja does it: %s; put an if into the loop or around it"
              .formatted(withElse ? "an else" : "a condition", tag.strip()));
    }
  }

  /** Where the delimiter is that ends a tag: not in a text, and not within brackets. */
  private int endOfTag(int from, String delimiter) {
    int depth = 0;
    Matcher quoted = ExpressionSource.QUOTED.matcher(source);
    for (int i = from; i < source.length(); i++) {
      char character = source.charAt(i);
      if (character == '\'' || character == '"') {
        if (!quoted.region(i, source.length()).lookingAt()) {
          return -1;
        }
        i = quoted.end() - 1;
      } else if (depth == 0 && source.startsWith(delimiter, i)) {
        return i;
      } else if ("([{".indexOf(character) >= 0) {
        depth++;
      } else if (")]}".indexOf(character) >= 0) {
        depth--;
      }
    }
    return -1;
  }

  private void afterBlock(char sign) {
    if (sign == '-') {
      skipSpaces();
    } else if (sign == ' ' && source.startsWith("\n", at)) {
      at++;
    }
  }

  private void skipSpaces() {
    while (at < source.length() && PythonText.isSpace(source.charAt(at))) {
      at++; // no space takes two characters
    }
  }
}

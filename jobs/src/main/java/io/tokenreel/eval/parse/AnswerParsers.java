package io.tokenreel.eval.parse;

import io.tokenreel.spec.UnknownWord;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every parser by the name that a task's file has for it. */
public final class AnswerParsers {

  private static final Map<String, AnswerParser> BY_NAME =
      new TreeMap<>(
          Map.of(
              "mcq_extract", new McqExtractParser(),
              "first_abcd", FirstLetterParser.FIRST_ABCD,
              "before_paren", new BeforeParenthesisParser(),
              "mvbench", new MvBenchParser(),
              "longvideobench", FirstLetterParser.LONG_VIDEO_BENCH,
              "egoschema", new EgoSchemaParser(),
              "nextqa", new NextQaParser(),
              "perceptiontest", new PerceptionTestParser(),
              "words", new WordsParser()));

  private AnswerParsers() {}

  /**
   * The parser of a name.
   *
   * @throws IllegalArgumentException for an unknown name; the message lists the known ones
   */
  public static AnswerParser of(String name) {
    AnswerParser parser = BY_NAME.get(name);
    if (parser == null) {
      throw new IllegalArgumentException(UnknownWord.message("parser", name, names()));
    }
    return parser;
  }

  /** All names, sorted. */
  public static List<String> names() {
    return List.copyOf(BY_NAME.keySet());
  }
}

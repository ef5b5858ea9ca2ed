package io.tokenreel.model.prompt;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How a question's options stand in its text, and what is said to choose one. */
public enum OptionForm {
  /**
   * Lettered lines and a request for the letter, as multiple-choice benchmarks have it; a letter is
   * said.
   */
  LETTER {
    @Override
    public String text(String question, List<String> options) {
      String lines =
          IntStream.range(0, options.size())
              .mapToObj(i -> letter(i) + ". " + options.get(i))
              .collect(Collectors.joining("\n"));
      String letters =
          IntStream.range(0, options.size())
              .mapToObj(i -> (i > 0 && i == options.size() - 1 ? "or " : "") + letter(i))
              .collect(Collectors.joining(options.size() > 2 ? ", " : " "));
      return "%s\n%s\nRespond with only the letter (%s) of the correct option."
          .formatted(question, lines, letters);
    }

    @Override
    public List<String> answers(List<String> options) {
      return IntStream.range(0, options.size()).mapToObj(OptionForm::letter).toList();
    }
  },

  /** Each option on a line of its own as it stands; its own text is said. */
  TEXT {
    @Override
    public String text(String question, List<String> options) {
      return question + "\n" + String.join("\n", options);
    }

    @Override
    public List<String> answers(List<String> options) {
      return options;
    }
  };

  /** The most options that there are letters for. */
  public static final int MOST_OPTIONS = 26;

  private static String letter(int option) {
    return Character.toString('A' + option);
  }

  /** The question's text with its options. */
  public abstract String text(String question, List<String> options);

  /** What is said to choose each option. */
  public abstract List<String> answers(List<String> options);
}

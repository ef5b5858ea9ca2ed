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
              .mapToObj(i -> OptionLetters.of(i) + ". " + options.get(i))
              .collect(Collectors.joining("\n"));
      String letters =
          IntStream.range(0, options.size())
              .mapToObj(i -> (i > 0 && i == options.size() - 1 ? "or " : "") + OptionLetters.of(i))
              .collect(Collectors.joining(options.size() > 2 ? ", " : " "));
      return "%s\n%s\nRespond with only the letter (%s) of the correct option."
          .formatted(question, lines, letters);
    }

    @Override
    public List<String> answers(List<String> options) {
      return IntStream.range(0, options.size()).mapToObj(OptionLetters::of).toList();
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

  /** The question's text with its options. */
  public abstract String text(String question, List<String> options);

  /** What is said to choose each option. */
  public abstract List<String> answers(List<String> options);
}

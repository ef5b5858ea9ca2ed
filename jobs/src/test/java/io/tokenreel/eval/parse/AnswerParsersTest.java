package io.tokenreel.eval.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.aggregator.ArgumentsAccessor;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerParsersTest {

  private static final List<String> PLAIN =
      List.of("runs away", "\u00A0eats food ", "sits down on it", "plays a game", "reads");
  private static final List<String> LETTERED =
      List.of("A. runs away", "B. eats food", "C. sits down on it", "D. plays a game", "E. reads");
  private static final String[] PARSERS = {
    "mcq_extract",
    "first_abcd",
    "before_paren",
    "mvbench",
    "longvideobench",
    "egoschema",
    "nextqa",
    "perceptiontest"
  };

  /** What upstream's functions give as they are: ~ where they draw at random, - for nothing. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          B                                  | B | B | B    | B | B | B | B | B
          b                                  | - | - | b    | B | ~ | ~ | ~ | -
          B.                                 | B | B | B.   | B | B | B | B | B
          B) a dog                           | B | B | B    | B | B | ~ | ~ | B
          B. eats food                       | B | B | text | B | B | B | B | B
          (B) eats food                      | B | B | B    | B | B | B | B | B
          The best option is (B) Cat         | C | B | B    | B | B | B | B | B
          The answer is B. Cats and Dogs run | D | B | text | B | B | B | B | B
          A man eats food                    | A | A | text | A | A | A | A | A
          the person eats food at home now   | - | - | text | - | ~ | ~ | B | -
          Both A and C                       | C | B | text | A | B | A | C | A
          C: sits                            | C | C | text | C | C | ~ | ~ | C
          Based on it, D                     | D | B | text | D | B | D | D | D
          E                                  | - | - | E    | E | E | E | E | -
          """)
  void parse_vectorsOfUpstream_areMet(ArgumentsAccessor row) {
    String text = row.getString(0);
    for (int i = 0; i < PARSERS.length; i++) {
      List<String> options = PARSERS[i].equals("egoschema") ? LETTERED : PLAIN;
      ParsedAnswer found = AnswerParsers.of(PARSERS[i]).parse(text, options);
      String shown =
          switch (found.reading()) {
            case GUESSED -> "~";
            case READ -> found.choice();
            case UNREAD -> found.choice().isEmpty() ? "-" : found.choice();
          };
      String expected = row.getString(1 + i);
      assertEquals(expected.equals("text") ? text : expected, shown, PARSERS[i] + " on " + text);
    }
  }

  @Test
  void parse_wholeTextBeforeNoParenthesis_isUnread() {
    ParsedAnswer found = AnswerParsers.of("before_paren").parse("B. text", PLAIN);
    assertEquals(new ParsedAnswer("B. text", ParsedAnswer.Reading.UNREAD), found);
    assertEquals("", AnswerParsers.of("before_paren").parse(") B", PLAIN).choice());
  }

  @Test
  void parse_nothing_isNeverAChoice() {
    for (String name : AnswerParsers.names()) {
      for (String nothing : new String[] {"", " \n", "?!"}) {
        ParsedAnswer found = AnswerParsers.of(name).parse(nothing, PLAIN);
        assertTrue(found.reading() != ParsedAnswer.Reading.READ, name + " on '" + nothing + "'");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "mvbench, 'It costs 1,000 (so B)', B",
    "mvbench, 'b. it is', B",
    "mvbench, '(F)', F",
    "mvbench, 'f.', F",
    "mvbench, '\u00A0B.\u3000x\u2028', B",
    "mvbench, 'b\u0301', B",
    "perceptiontest, 'B\u00B2 C', C",
    "perceptiontest, '\uD835\uDC00B C', C",
    "egoschema, 'it is that she eats food now', B",
    "nextqa, 'it is that she eats food now', B",
    "before_paren, '\uD83D\uDE00) x', '\uD83D\uDE00'",
    "mcq_extract, '\u0130\u0130 the answer is xxA', A",
    "mvbench, 'None of\tthese; c', C",
    "egoschema, 'I think (C), not (A)', C",
    "nextqa, 'I think (C), not (A)', A",
    "longvideobench, 'Best option: D', D",
    "first_abcd, 'The best option isThe correct option is D', D",
    "mcq_extract, '답은 C', C",
    "mcq_extract, 'xCx', C",
    "words, 'Eats food.', B",
  })
  void parse_unusualForms_areReadAsUpstreamDoes(String parser, String text, String choice) {
    assertEquals(choice, AnswerParsers.of(parser).parse(text, PLAIN).choice());
  }

  @Test
  void of_unknownName_isAnErrorThatListsTheKnown() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> AnswerParsers.of("regex")).getMessage();
    assertTrue(message.contains("regex") && message.contains("mcq_extract"), message);
  }
}

package io.tokenreel.model.prompt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScoringTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          generate | generate:tokens=16,form=letter
          generate:form=text,tokens=3 | generate:tokens=3,form=text
          options | options:form=letter
          options:form=text | options:form=text
          """)
  void parse_anySpec_hasOneCanonicalText(String text, String canonical) {
    assertEquals(canonical, Scoring.parse(text).toString());
    assertEquals(canonical, Scoring.parse(canonical).toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          guess | unknown scoring 'guess'; known: [generate, options]
          options:tokens=3 | scoring 'options:tokens=3' has the unknown key 'tokens'; options takes form=one of [letter, text] (default letter)
          generate:tokens=0 | tokens in scoring 'generate:tokens=0' must be a whole number from 1 to 32768; got '0'
          generate:form=word | form in scoring 'generate:form=word' must be one of [letter, text]; got 'word'
          """)
  void parse_anotherSpec_saysWhatIsAllowed(String text, String message) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> Scoring.parse(text)).getMessage());
  }

  @Test
  void text_ofOptions_isThatOfTheBenchmarks() {
    List<String> two = List.of("red", "blue");
    assertEquals(
        "Which?\nA. red\nB. blue\nRespond with only the letter (A or B) of the correct option.",
        OptionForm.LETTER.text("Which?", two));
    assertEquals(List.of("A", "B"), OptionForm.LETTER.answers(two));
    assertEquals("Which?\nred\nblue", OptionForm.TEXT.text("Which?", two));
    assertEquals(two, OptionForm.TEXT.answers(two));
  }
}

package io.tokenreel.python;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What CPython 3.11 gives. */
class PythonTextTest {

  private static final String SPACES =
      "\t\n\u000B\f\r\u001C\u001D\u001E\u001F \u0085\u00A0\u1680\u2000\u2007\u200A\u2028\u2029\u202F\u205F\u3000";

  @Test
  void strip_everySpace_leavesTheText() {
    assertEquals("a b", PythonText.strip(SPACES + "a b" + SPACES));
    assertEquals("", PythonText.strip(SPACES));
    assertTrue(SPACES.codePoints().allMatch(PythonText::isSpace));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u200B", "\u2060", "\uFEFF", "\u180E", "\u0000", "\u001B"})
  void strip_whatIsNoSpace_stays(String text) {
    assertEquals(text, PythonText.strip(" " + text + " "));
    assertFalse(PythonText.isSpace(text.codePointAt(0)));
  }

  @Test
  void strip_characters_areWholeOnes() {
    assertEquals("x", PythonText.strip("\uD83D\uDE00.x.", ".\uD83D\uDE00"));
    assertEquals("\uD83D\uDE01x", PythonText.strip("\uD83D\uDE01x", "\uD83D\uDE00"));
  }

  @Test
  void words_betweenEverySpace_areCounted() {
    assertEquals(3, PythonText.words("\u00A0a\u2028b\u001C\u0085c\u3000"));
    assertEquals(1, PythonText.words("a\u200Bb"));
    assertEquals(0, PythonText.words("\u3000"));
  }

  @ParameterizedTest
  @CsvSource({
    "STRASSE, strasse",
    "\u0130B, i\u0307b",
    "\u039F\u0394\u039F\u03A3, \u03BF\u03B4\u03BF\u03C2",
    "\u0391\u03A3.\u0392, \u03B1\u03C3.\u03B2",
    "\u0391\u03A3., \u03B1\u03C2.",
    "\u03A3, \u03C3",
    "\uD801\uDC00, \uD801\uDC28",
    "\u212A, k",
  })
  void lower_text_isPythons(String text, String lower) {
    assertEquals(lower, PythonText.lower(text));
  }

  @ParameterizedTest
  @CsvSource({
    "is IT so, Is it so",
    "\u00DFA, Ssa",
    "\uFB01SH, Fish",
    "\u0130X, \u0130x",
    "\u01C6A, \u01C5a",
    "\u01C5A, \u01C5a",
    "\u0149A, \u02BCNa",
    "\u1FB3A, \u1FBCa",
    "\u1FB2A, \u1FBA\u0345a",
    "\u10D0X, \u10D0x",
    "\uD801\uDC28A, \uD801\uDC00a",
    "a\u03A3, A\u03C2",
  })
  void capitalize_text_isPythons(String text, String capitalized) {
    assertEquals(capitalized, PythonText.capitalize(text));
  }

  @ParameterizedTest
  @CsvSource({
    "(B), B",
    "xB B, B",
    "B\u0301 C, B",
    "\u0301B, B",
    "B\u00B2 C, C",
    "B_ C, C",
    "\uD835\uDC00B C, C",
    "B\uD835\uDC00 C, C",
    "B\uD83D\uDE00, B",
    "B\u203FC, B",
  })
  void word_ofLetters_standsBetweenWhatIsNoWord(String text, String word) {
    assertEquals(Optional.of(word), PythonText.word(text, "ABC"));
  }

  @Test
  void find_places_areCodePoints() {
    assertEquals(2, PythonText.find("\uD83D\uDE00xA", "A", 0));
    assertEquals(-1, PythonText.find("\uD83D\uDE00A", "A", 2));
    assertEquals(-1, PythonText.find("A", "A", 9));
  }

  @ParameterizedTest
  @CsvSource({
    "4, 4",
    "+4, 4",
    "' -4\t', -4",
    "1_000, 1000",
    "\u0664\u0662, 42",
    "'\u3000\uFF14\u0085', 4",
    "99999999999999999999, 99999999999999999999"
  })
  void integer_digits_areRead(String text, BigInteger number) {
    assertEquals(Optional.of(number), PythonText.integer(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "4.0", "_4", "4_", "1__0", "- 4", "0x4", "\u001C4", "\u00B2", "4\u0000"})
  void integer_otherText_isNone(String text) {
    assertEquals(Optional.empty(), PythonText.integer(text));
  }
}

package io.tokenreel.python;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tokenreel.python.PythonLiteral.Bytes;
import io.tokenreel.python.PythonLiteral.NoLiteral;
import io.tokenreel.python.PythonLiteral.Other;
import io.tokenreel.python.PythonLiteral.Tuple;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code ast.literal_eval} of CPython 3.11 gives. */
class PythonLiteralTest {

  static Stream<Arguments> literals() {
    return Stream.of(
        Arguments.of(
            "[4., .5, +4, -4, - 4, 1e400, 1_0.5_0]",
            list(4.0, 0.5, 4, -4, -4, Double.POSITIVE_INFINITY, 10.5)),
        Arguments.of("[0x1F, 0o17, 0b101, 00, 1_000, 04.5]", list(31, 15, 5, 0, 1000, 4.5)),
        Arguments.of(
            "[4j, 1+2j, -1-2.5j, (-4)+3j]",
            List.of(Other.COMPLEX, Other.COMPLEX, Other.COMPLEX, Other.COMPLEX)),
        Arguments.of(
            "[True, False, None, ..., set()]",
            List.of(true, false, Other.NONE, Other.ELLIPSIS, Other.SET)),
        Arguments.of("[\uFF53\uFF45\uFF54(), \u017Fet()]", List.of(Other.SET, Other.SET)),
        Arguments.of(
            "['a' \"b\"\n'c', u'd', r'\\n', '''e\n''']", List.of("abc", "d", "\\n", "e\n")),
        Arguments.of("['\\x41\\101\\u0041\\U00000041\\\n\\q\\'']", List.of("AAAA\\q'")),
        Arguments.of("[b'\\x41' B'\\400', rb'\\x']", List.of(new Bytes("A\0"), new Bytes("\\x"))),
        Arguments.of("(1,) # c", new Tuple(list(1))),
        Arguments.of(
            "[(1), (), (1, 2,)]",
            List.of(BigInteger.ONE, new Tuple(List.of()), new Tuple(list(1, 2)))),
        Arguments.of("{'a': 1, 'a': 2,}", Map.of("a", BigInteger.TWO)),
        Arguments.of("{1, 'a'}", Other.SET),
        Arguments.of("{}", Map.of()));
  }

  private static List<Object> list(Object... values) {
    return Stream.of(values)
        .map(each -> each instanceof Integer whole ? (Object) BigInteger.valueOf(whole) : each)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("literals")
  void of_literal_isItsValue(String text, Object value) throws NoLiteral {
    assertEquals(value, PythonLiteral.of(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "yes",
        "f'yes'",
        "ur'x'",
        "'a' b'b'",
        "b'\u00E9'",
        "'a",
        "'a\nb'",
        "'\\x4'",
        "'\\u12'",
        "'\\U00110000'",
        "04",
        "1__0",
        "1_",
        "4a",
        "--4",
        "-True",
        "1+2",
        "2j+1",
        "1+-2j",
        "1 2",
        "[1 2]",
        "[,]",
        "(,)",
        "{'a': 1,,}",
        "{'a' 1}",
        "{[]: 1}",
        "{(1, []): 1}",
        "{set(): 1}",
        "set",
        "set(1)",
        "[*a]",
        "{**a}",
        "[1",
        "1]",
        "[\\ \n]",
        "[\u00A01]",
        "[1 if 1 else 2]",
        "[\0]",
        "['\uD800']",
        "(1 # c)"
      })
  void of_otherText_isNoLiteral(String text) {
    assertThrows(NoLiteral.class, () -> PythonLiteral.of(text));
  }

  @Test
  void of_digitsWithoutEnd_areReadOrRefusedAndNeverOverflow() throws NoLiteral {
    String digits = "1_".repeat(100_000) + "1";
    assertEquals(Double.POSITIVE_INFINITY, PythonLiteral.of(digits + ".0"));
    assertThrows(NoLiteral.class, () -> PythonLiteral.of(digits));
    assertEquals(Optional.empty(), PythonText.integer(digits));
  }

  @Test
  void of_nestedParentheses_endAtPythonsLimit() throws NoLiteral {
    assertEquals(BigInteger.ONE, PythonLiteral.of("(".repeat(200) + 1 + ")".repeat(200)));
    assertThrows(NoLiteral.class, () -> PythonLiteral.of("(".repeat(201) + 1 + ")".repeat(201)));
  }
}

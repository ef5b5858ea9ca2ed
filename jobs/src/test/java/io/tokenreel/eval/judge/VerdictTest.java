package io.tokenreel.eval.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Against what lmms-eval's {@code parse_score} gives for the same replies. */
class VerdictTest {

  static Stream<Arguments> replies() {
    return Stream.of(
        arguments("{'pred': 'yes', 'score': 4}", "yes", 4),
        arguments("{'pred': 'yes', 'score': 4.8}", "yes", 4),
        arguments("{\"pred\": \"No\", \"score\": \"2\"}", "no", 2),
        arguments("```python\n{'pred': 'no', 'score': 0,}\n```", "no", 0),
        arguments("Sure: {'score': 5, 'pred': 'Yes.'} {'pred': 'no', 'score': 1}", "yes", 5),
        arguments("{'pred': 'not yes', 'score': 3}", "yes", 3),
        arguments("{'pred': 'maybe', 'score': 3}", "maybe", 3),
        arguments("{'pred': 'yes', 'score': -0.5}", "yes", 0),
        arguments("{'pred': 'yes', 'score': 4", "yes", 4),
        arguments("{'pred': 'ye' 's', 'score': 4.}", "yes", 4),
        arguments("{'pred': u'no', 'score': .5}", "no", 0),
        arguments("{'pred': r'yes', 'score': +4}", "yes", 4),
        arguments("{'pred': 'yes', # sure\n'score': True}", "yes", 1),
        arguments("{'pred': '\\x79es', 'score': '\u0664'}", "yes", 4),
        arguments("{'pred': 'yes', 'score': b'1_0'}", "yes", 10),
        arguments("{'pred': ('yes'), 'score': 0x5, 'why': None}", "yes", 5));
  }

  @ParameterizedTest
  @MethodSource("replies")
  void of_reply_isReadAsUpstreamReadsIt(String reply, String pred, int score) {
    assertEquals(Optional.of(new Verdict(pred, score)), Verdict.of(reply));
  }

  static Stream<String> unreadable() {
    return Stream.of(
        "",
        "yes, 5",
        "{}",
        "{'pred': 'yes'}",
        "{'score': 4}",
        "{'pred': 'yes', 'score': '4.8'}",
        "{'pred': yes, 'score': 4}",
        "{'pred': 1, 'score': 4}",
        "{'pred': 'yes', 'score': null}",
        "{{'pred': 'yes', 'score': 4}}",
        "{'pred': 'yes', 'score': four}",
        "{'pred': 'yes', 'score': 1e400}",
        "{'pred': 'yes', 'score': None}",
        "{'pred': b'yes', 'score': 4}",
        "{'pred': f'yes', 'score': 4}",
        "{'pred': 'yes', 'score': 99999999999}");
  }

  @ParameterizedTest
  @MethodSource("unreadable")
  void of_replyThatUpstreamRaisesAnErrorFor_isEmpty(String reply) {
    assertEquals(Optional.empty(), Verdict.of(reply));
  }

  @ParameterizedTest
  @MethodSource("replies")
  void right_word_isYesNoOrNeither(String reply, String pred, int score) {
    Optional<Double> right = new Verdict(pred, score).right();
    assertEquals(
        switch (pred) {
          case "yes" -> Optional.of(1.0);
          case "no" -> Optional.of(0.0);
          default -> Optional.empty();
        },
        right,
        reply);
  }
}

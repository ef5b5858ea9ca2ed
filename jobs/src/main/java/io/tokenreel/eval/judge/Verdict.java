package io.tokenreel.eval.judge;

import io.tokenreel.python.PythonLiteral;
import io.tokenreel.python.PythonText;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;

/**
 * What a judge says of an answer, read as lmms-eval reads it (tasks/activitynetqa/utils.py, {@code
 * parse_score}).
 *
 * @param pred {@code yes} or {@code no}; where the judge says neither, its own word, and the
 *     question leaves the denominator
 * @param score as a whole number, 0 to 5 if the judge follows its prompt
 */
public record Verdict(String pred, int score) {

  private static final String YES = "yes";
  private static final String NO = "no";

  /**
   * Reads a reply: its first braces are a Python dictionary with {@code pred}, a text, and {@code
   * score}, of which Python can make a whole number.
   *
   * @return empty where upstream's reading raises an error, for which it asks again and at last
   *     ends the run, and for a score beyond 32 bits
   */
  static Optional<Verdict> of(String reply) {
    int open = reply.indexOf('{');
    if (open < 0) {
      return Optional.empty();
    }
    // Upstream splits at braces: a second opening one ends the text as a closing one does.
    String inside = reply.substring(open + 1).split("[{}]", 2)[0];
    try {
      return PythonLiteral.of("{" + inside + "}") instanceof Map<?, ?> dictionary
              && dictionary.get("pred") instanceof String pred
          ? whole(dictionary.get("score")).map(score -> new Verdict(word(pred), score))
          : Optional.empty();
    } catch (PythonLiteral.NoLiteral e) {
      return Optional.empty();
    }
  }

  /** {@code int(score)}; a number's fraction is dropped. */
  private static Optional<Integer> whole(Object score) {
    Optional<BigInteger> whole = Optional.empty();
    if (score instanceof BigInteger number) {
      whole = Optional.of(number);
    } else if (score instanceof Double number && Double.isFinite(number)) {
      whole = Optional.of(new BigDecimal(number).toBigInteger());
    } else if (score instanceof Boolean truth) {
      whole = Optional.of(truth ? BigInteger.ONE : BigInteger.ZERO);
    } else if (score instanceof String digits) {
      whole = PythonText.integer(digits);
    } else if (score instanceof PythonLiteral.Bytes digits) {
      whole = PythonText.integer(digits);
    }
    return whole.filter(each -> each.bitLength() < Integer.SIZE).map(BigInteger::intValueExact);
  }

  private static String word(String pred) {
    String lower = PythonText.lower(pred);
    return lower.contains(YES) ? YES : lower.contains(NO) ? NO : pred;
  }

  /** 1 for yes and 0 for no; empty for neither. */
  public Optional<Double> right() {
    return switch (pred) {
      case YES -> Optional.of(1.0);
      case NO -> Optional.of(0.0);
      default -> Optional.empty();
    };
  }
}

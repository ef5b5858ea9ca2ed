package io.tokenreel.eval.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;

/**
 * What a judge says of an answer, read as lmms-eval reads it (tasks/activitynetqa/utils.py, {@code
 * parse_score}).
 *
 * @param pred {@code yes} or {@code no}; where the judge says neither, its own word, and the
 *     question leaves the denominator
 * @param score as a whole number, 0 to 5 if the judge does as it is told
 */
public record Verdict(String pred, int score) {

  /** A Python dictionary, as far as JSON with single quotes is one: no True, False or None. */
  private static final ObjectMapper PYTHON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
          .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
          .build();

  private static final String YES = "yes";
  private static final String NO = "no";

  /**
   * Reads a reply: its first braces are a dictionary with {@code pred}, a text, and {@code score},
   * a number, whose fraction is dropped, or a text of digits.
   *
   * @return empty where upstream's reading raises an error, for which it asks anew and at last ends
   *     the run
   */
  static Optional<Verdict> of(String reply) {
    int open = reply.indexOf('{');
    if (open < 0) {
      return Optional.empty();
    }
    // Upstream splits at braces: a second opening one ends the text as a closing one does.
    String inside = reply.substring(open + 1).split("[{}]", 2)[0];
    try {
      JsonNode dictionary = PYTHON.readTree("{" + inside + "}");
      JsonNode pred = dictionary.path("pred");
      Optional<Integer> score = whole(dictionary.path("score"));
      return pred.isTextual() ? score.map(each -> new Verdict(word(pred), each)) : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** Python's {@code int(score)}. */
  private static Optional<Integer> whole(JsonNode score) {
    if (score.isNumber()) {
      return whole(score.decimalValue());
    }
    return score.isTextual() && score.textValue().strip().matches("[+-]?\\d{1,9}")
        ? Optional.of(Integer.parseInt(score.textValue().strip()))
        : Optional.empty();
  }

  private static Optional<Integer> whole(BigDecimal score) {
    BigDecimal most = BigDecimal.valueOf(Integer.MAX_VALUE);
    return score.abs().compareTo(most) <= 0 ? Optional.of(score.intValue()) : Optional.empty();
  }

  private static String word(JsonNode pred) {
    String lower = pred.textValue().toLowerCase(Locale.ROOT);
    return lower.contains(YES) ? YES : lower.contains(NO) ? NO : pred.textValue();
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

package io.tokenreel.eval.ml;

import io.tokenreel.spec.UnknownWord;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** A number of {@link AnswerAccuracyEvaluator}: a share of all questions, 0 to 1. */
enum AnswerMetric {
  ACCURACY(AnswerCounts::correct),
  MISSING(AnswerCounts::missing),
  UNREAD(AnswerCounts::unread),
  GUESSED(AnswerCounts::guessed);

  private final ToLongFunction<AnswerCounts> count;

  AnswerMetric(ToLongFunction<AnswerCounts> count) {
    this.count = count;
  }

  double of(AnswerCounts counts) {
    return counts.share(count.applyAsLong(counts));
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(AnswerMetric::label).toList();
  }

  /**
   * The metric of a name.
   *
   * @throws IllegalArgumentException for an unknown name; the message lists the known ones
   */
  static AnswerMetric parse(String name) {
    return UnknownWord.find("metric", name, List.of(values()), AnswerMetric::label);
  }
}

package io.tokenreel.eval.stat;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ScoreChecksTest {

  private static final Map<ScoredTask, Average> AVERAGES =
      Map.of(
          Asked.task("plain"),
          Average.MICRO,
          Asked.task("typed"),
          Average.macro("type", List.of("count", "order")));

  private static Asked asked(
      String task, String docId, String video, Map<String, String> groups, Double score) {
    return new Asked(Asked.BASELINE, task, docId, video, groups, score);
  }

  static List<Arguments> wrongRows() {
    Map<String, String> none = Map.of();
    Asked good = asked("plain", "1", "a", none, 1.0);
    Asked count = asked("typed", "1", "a", Map.of("type", "count"), 1.0);
    return List.of(
        Arguments.of(
            "typed in lmms-eval-0.3.4]; rows of task other in lmms-eval-0.3.4",
            List.of(asked("other", "1", "a", none, 1.0))),
        Arguments.of("cluster", List.of(asked("plain", "1", null, none, 1.0))),
        Arguments.of("empty map", List.of(asked("plain", "1", "a", null, 1.0))),
        Arguments.of("2 rows for 1 doc_ids", List.of(good, good)),
        Arguments.of("1 of 2 rows", List.of(good, asked("plain", "2", "a", none, null))),
        Arguments.of("1.0 .. 55.0", List.of(good, asked("plain", "2", "a", none, 55.0))),
        Arguments.of("-1.0 .. 1.0", List.of(good, asked("plain", "2", "a", none, -1.0))),
        Arguments.of("1.0 .. NaN", List.of(good, asked("plain", "2", "a", none, Double.NaN))),
        Arguments.of(
            "have [count, plot], and 0 none",
            List.of(count, asked("typed", "2", "a", Map.of("type", "plot"), 1.0))),
        Arguments.of(
            "have [count], and 1 none", List.of(count, asked("typed", "2", "a", none, 1.0))));
  }

  @ParameterizedTest
  @MethodSource("wrongRows")
  void check_wrongRows_saysWhatCame(String part, List<Asked> rows) {
    assertRefused(part, Asked.table(rows));
  }

  @Test
  void check_missingColumns_namesThem() {
    assertRefused(
        "without [cluster, score]",
        Asked.table(List.of(asked("plain", "1", "a", Map.of(), 1.0))).drop("score", "cluster"));
  }

  private static void assertRefused(String part, Dataset<Row> rows) {
    Exception error =
        assertThrows(IllegalArgumentException.class, () -> new ScoreChecks(AVERAGES).check(rows));
    assertTrue(error.getMessage().contains(part), error.getMessage());
  }
}

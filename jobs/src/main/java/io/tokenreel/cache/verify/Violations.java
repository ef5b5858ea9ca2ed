package io.tokenreel.cache.verify;

import static org.apache.spark.sql.functions.lit;

import io.tokenreel.cache.Finding;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Turns rows that break a rule into findings, without collecting more of them than is of use. */
final class Violations {

  /** Rows that break rules and are looked at; if there are more, the finding says so. */
  private static final int MAX_ROWS = 1000;

  private Violations() {}

  /**
   * Groups violations by check, in one query for all parts.
   *
   * @param parts columns {@code check, expected, found, video_id}, one row per violation; of each
   *     part no more than {@link #MAX_ROWS} are looked at
   */
  static List<Finding> findings(List<Dataset<Row>> parts) {
    if (parts.isEmpty()) {
      return List.of();
    }
    List<Row> sample =
        IntStream.range(0, parts.size())
            .mapToObj(part -> parts.get(part).limit(MAX_ROWS).withColumn("part", lit(part)))
            .reduce(Dataset::union)
            .orElseThrow()
            .collectAsList();
    Map<Integer, Long> sizes =
        sample.stream()
            .collect(
                Collectors.groupingBy(row -> row.<Integer>getAs("part"), Collectors.counting()));
    Map<String, List<Row>> byCheck =
        sample.stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.getAs("check"), TreeMap::new, Collectors.toList()));
    return byCheck.entrySet().stream()
        .map(check -> finding(check.getKey(), check.getValue(), sizes))
        .toList();
  }

  private static Finding finding(String check, List<Row> broken, Map<Integer, Long> sizes) {
    Row first = broken.get(0);
    boolean cut = sizes.get(first.<Integer>getAs("part")) >= MAX_ROWS;
    return new Finding(
        check,
        first.getAs("expected"),
        "%s (%d rows%s)"
            .formatted(
                first.<String>getAs("found"),
                broken.size(),
                cut ? " of the first " + MAX_ROWS : ""),
        broken.stream().map(row -> row.<String>getAs("video_id")).sorted().toList());
  }
}

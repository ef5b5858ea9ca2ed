package io.tokenreel.cache;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Turns rows that break a rule into findings, without collecting more of them than is of use. */
final class Violations {

  /** Rows that break rules and are looked at; if there are more, the finding says so. */
  private static final int MAX_ROWS = 1000;

  private Violations() {}

  /**
   * Groups violations by check.
   *
   * @param parts columns {@code check, expected, found, video_id}, one row per violation; of each
   *     part no more than {@link #MAX_ROWS} are looked at
   */
  static List<Finding> findings(List<Dataset<Row>> parts) {
    List<Row> sample =
        parts.stream()
            .map(rows -> rows.limit(MAX_ROWS))
            .reduce(Dataset::union)
            .orElseThrow()
            .collectAsList();
    Map<String, List<Row>> byCheck =
        sample.stream()
            .collect(Collectors.groupingBy(r -> r.getString(0), TreeMap::new, Collectors.toList()));
    return byCheck.values().stream()
        .map(
            broken ->
                new Finding(
                    broken.get(0).getString(0),
                    broken.get(0).getString(1),
                    "%s (%d rows%s)"
                        .formatted(
                            broken.get(0).getString(2),
                            broken.size(),
                            sample.size() >= MAX_ROWS ? " of the first " + MAX_ROWS : ""),
                    broken.stream().map(r -> r.getString(3)).sorted().toList()))
        .toList();
  }
}

package io.tokenreel.pipeline.input;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.substring_index;
import static org.apache.spark.sql.functions.sum;

import io.tokenreel.pipeline.setting.SettingsException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How many of the names that a job found are of one kind.
 *
 * @param leftOut the reason, without what follows its colon, which may have the name in it; null
 *     for videos
 * @param names how many there are
 * @param refused ids that are NULL, or of several of these names
 */
record NameTally(String leftOut, long names, long refused) {

  /**
   * Counts names: by the driver where they are local, else by one query, which is the first to read
   * them.
   *
   * @param names as {@link VideoInputs} has them
   * @throws SettingsException when a folder could not be listed to its end
   */
  static List<NameTally> of(Dataset<Row> names, List<String> inputs) {
    return names.isLocal() ? counted(names, inputs) : asked(names, inputs);
  }

  private static List<NameTally> asked(Dataset<Row> names, List<String> inputs) {
    List<NameTally> tallies = new ArrayList<>();
    Column reason = substring_index(col(VideoInputs.LEFT_OUT), ": ", 1).as(VideoInputs.LEFT_OUT);
    for (Row tally :
        names
            .groupBy(reason, col(VideoInputs.ID))
            .agg(count(lit(1)).as("times"), min(VideoInputs.PROBLEM).as(VideoInputs.PROBLEM))
            .groupBy(VideoInputs.LEFT_OUT)
            .agg(sum("times"), count_if(VideoInputs.REFUSED), min(VideoInputs.PROBLEM))
            .collectAsList()) {
      if (!tally.isNullAt(3)) {
        throw notListed(inputs, tally.getString(3));
      }
      tallies.add(new NameTally(tally.getString(0), tally.getLong(1), tally.getLong(2)));
    }
    return tallies;
  }

  private static List<NameTally> counted(Dataset<Row> names, List<String> inputs) {
    int reasonColumn = names.schema().fieldIndex(VideoInputs.LEFT_OUT);
    int idColumn = names.schema().fieldIndex(VideoInputs.ID);
    int problemColumn = names.schema().fieldIndex(VideoInputs.PROBLEM);
    Map<String, Map<String, Long>> times = new LinkedHashMap<>(); // of each reason and id
    for (Row name : names.collectAsList()) {
      if (!name.isNullAt(problemColumn)) {
        throw notListed(inputs, name.getString(problemColumn));
      }
      String reason =
          name.isNullAt(reasonColumn) ? null : name.getString(reasonColumn).split(": ", 2)[0];
      times
          .computeIfAbsent(reason, key -> new LinkedHashMap<>())
          .merge(name.getString(idColumn), 1L, Long::sum); // NULL is a key as well
    }
    List<NameTally> tallies = new ArrayList<>();
    times.forEach((reason, byId) -> tallies.add(of(reason, byId)));
    return tallies;
  }

  private static NameTally of(String reason, Map<String, Long> timesById) {
    return new NameTally(
        reason,
        timesById.values().stream().mapToLong(Long::longValue).sum(),
        timesById.entrySet().stream()
            .filter(id -> id.getKey() == null || id.getValue() > 1)
            .count());
  }

  private static SettingsException notListed(List<String> inputs, String problem) {
    return new SettingsException("--input %s cannot be listed: %s".formatted(inputs, problem));
  }
}

package io.tokenreel.cache.verify;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;

import io.tokenreel.cache.CacheKey;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.Finding;
import io.tokenreel.cache.RunRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Reconciles the runs that are done with the tables: every input video has its outcome, every
 * outcome its rows.
 */
final class RunChecks {

  private static final StructType EXPECTED_ROWS =
      new StructType()
          .add("run_id", DataTypes.StringType)
          .add(EncodingSetting.ENCODER, DataTypes.StringType)
          .add(EncodingSetting.SAMPLING, DataTypes.StringType)
          .add(CacheKey.COMPRESSION, DataTypes.StringType);

  private final SparkSession spark;
  private final Map<String, RunRecord> runs;
  private final Dataset<Row> outcomes;

  RunChecks(SparkSession spark, List<RunRecord> runs, Dataset<Row> outcomes) {
    this.spark = spark;
    this.runs =
        runs.stream()
            .collect(
                Collectors.toMap(RunRecord::runId, Function.identity(), (a, b) -> a, TreeMap::new));
    this.outcomes = outcomes;
  }

  /** Whether each run that is done has as many outcomes as input videos. */
  List<Finding> counts() {
    Map<String, Map<String, Long>> counted = new TreeMap<>();
    for (Row row : outcomes.groupBy("run_id", "outcome").count().collectAsList()) {
      counted
          .computeIfAbsent(row.getString(0), id -> new TreeMap<>())
          .put(row.getString(1), row.getLong(2));
    }
    List<Finding> findings = new ArrayList<>();
    for (RunRecord run : runs.values()) {
      if (!hasOutcomes(run) || !run.state().equals(RunRecord.DONE)) {
        continue; // what it has committed is sound by itself, and a later run does the rest
      }
      Map<String, Long> found = counted.getOrDefault(run.runId(), Map.of());
      long there = found.values().stream().mapToLong(Long::longValue).sum();
      if (there + run.removedOutcomes() != run.inputVideos()) {
        findings.add(
            new Finding(
                "run_outcomes",
                "%d outcomes of run %s, one per input video"
                    .formatted(run.inputVideos(), run.runId()),
                found + (run.removedOutcomes() == 0 ? "" : ", removed " + run.removedOutcomes()),
                List.of()));
      }
    }
    for (String runId : counted.keySet()) {
      if (!runs.containsKey(runId)) {
        findings.add(
            new Finding(
                "run_record", "runs/" + runId + ".json", "outcomes of an unknown run", List.of()));
      }
    }
    return findings;
  }

  private static boolean hasOutcomes(RunRecord run) {
    return Arrays.stream(CacheTable.values())
        .anyMatch(table -> table.hasOutcomes() && run.tables().contains(table.folder()));
  }

  /**
   * OK and DEGRADED videos of runs that are done without their rows in a table, as {@link
   * Violations} takes them; empty where no such run wrote to it.
   */
  Optional<Dataset<Row>> missing(CacheTable table, Dataset<Row> rows) {
    boolean perCompression = table.hasCompression();
    List<Row> settings = new ArrayList<>();
    for (RunRecord run : runs.values()) {
      if (run.state().equals(RunRecord.DONE) && run.tables().contains(table.folder())) {
        for (String compression : perCompression ? run.compressions() : List.of("")) {
          settings.add(RowFactory.create(run.runId(), run.encoder(), run.sampling(), compression));
        }
      }
    }
    if (settings.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        outcomes
            .where(col("outcome").isin("OK", "DEGRADED"))
            .join(spark.createDataFrame(settings, EXPECTED_ROWS), "run_id")
            .join(
                rows.selectExpr(table.key().toArray(new String[0])),
                table.key().toArray(new String[0]),
                "left_anti")
            .select(
                lit(table.folder() + ".rows").as("check"),
                lit("a row for each setting of the run and each OK or DEGRADED video")
                    .as("expected"),
                concat(
                        lit("none of run "),
                        col("run_id"),
                        lit(perCompression ? " for " : ""),
                        col(CacheKey.COMPRESSION))
                    .as("found"),
                col("video_id")));
  }
}

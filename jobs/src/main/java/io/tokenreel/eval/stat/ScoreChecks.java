package io.tokenreel.eval.stat;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Holds rows to what {@link Scores} expects of them. */
final class ScoreChecks {

  private final Map<ScoredTask, Average> averages;

  ScoreChecks(Map<ScoredTask, Average> averages) {
    this.averages = averages;
  }

  /** Throws what {@link Scores#of} says. */
  void check(Dataset<Row> scored) {
    List<String> missing = new ArrayList<>(Scores.COLUMNS);
    missing.removeAll(Arrays.asList(scored.columns()));
    expect(
        missing.isEmpty(),
        "scored rows have the columns %s; these came without %s; add them",
        Scores.COLUMNS,
        missing);
    scored
        .groupBy(ScoreKey.OF_TASK)
        .agg(
            count(lit(1)).as("rows"),
            count("cluster").as("clusters"),
            count("groups").as("groups"),
            count("score").as("scores"),
            min("score").as("low"),
            max("score").as("high"),
            count_distinct(col("doc_id")).as("questions"),
            collect_set(new ScoreGroups(averages).stratum()).as("strata"),
            count(new ScoreGroups(averages).stratum()).as("placed"))
        .collectAsList()
        .forEach(this::check);
  }

  private void check(Row cell) {
    ScoredTask task = ScoredTask.of(cell);
    long rows = cell.getAs("rows");
    expect(
        averages.containsKey(task),
        "averages are of the tasks %s; rows of task %s came; say how it is averaged",
        averages.keySet().stream().map(ScoredTask::toString).sorted().toList(),
        task);
    expect(
        cell.<Long>getAs("clusters") == rows && cell.<Long>getAs("groups") == rows,
        "every question has a cluster and groups; some rows of task %s have a NULL; name the video,"
            + " and give an empty map where there are no groups",
        task);
    expect(
        cell.<Long>getAs("questions") == rows,
        "a cell has one row per doc_id; task %s has %s rows for %s doc_ids; drop the others",
        task,
        rows,
        cell.getAs("questions"));
    long scores = cell.getAs("scores");
    expect(
        scores == rows || scores == 0,
        "a task is scored in whole or not at all; %s of %s rows of task %s have no score; give a"
            + " wrong, missing or unread answer 0",
        rows - scores,
        rows,
        task);
    expect(
        scores == 0 || (cell.<Double>getAs("low") >= 0 && cell.<Double>getAs("high") <= 1),
        "scores lie in 0 .. 1; those of task %s in %s .. %s; divide them by their scale",
        task,
        cell.getAs("low"),
        cell.getAs("high"));
    checkStrata(cell, averages.get(task));
  }

  private static void checkStrata(Row cell, Average average) {
    List<String> strata = cell.getList(cell.fieldIndex("strata"));
    expect(
        cell.<Long>getAs("placed").equals(cell.getAs("rows"))
            && average.strata().containsAll(strata),
        "task %s is the mean over %s, which is one of %s; its rows have %s, and %s none; fix the"
            + " rows, or name the values that are missing",
        ScoredTask.of(cell),
        average.dimension(),
        average.values(),
        new TreeSet<>(strata),
        cell.<Long>getAs("rows") - cell.<Long>getAs("placed"));
  }

  private static void expect(boolean met, String otherwise, Object... with) {
    if (!met) {
      throw new IllegalArgumentException(otherwise.formatted(with));
    }
  }
}

package io.tokenreel.sweep;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.percentile;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.tokenreel.eval.parse.ParsedAnswer.Reading;
import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Cost;
import io.tokenreel.eval.result.Counts;
import io.tokenreel.eval.result.Judging;
import io.tokenreel.eval.result.Quartiles;
import io.tokenreel.eval.result.Result;
import io.tokenreel.eval.stat.Average;
import io.tokenreel.eval.stat.Score;
import io.tokenreel.eval.stat.ScoreGroups;
import io.tokenreel.eval.stat.ScoreKey;
import io.tokenreel.eval.stat.ScoredTask;
import io.tokenreel.eval.stat.Scores;
import io.tokenreel.eval.task.Task;
import io.tokenreel.eval.task.TaskKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/** From scored questions to a sweep's results. */
final class SweepResults {

  private final SweepSettings settings;
  private final Map<TaskKey, SweepTask> tasks;
  private final Map<ScoredTask, Average> averages = new LinkedHashMap<>();

  SweepResults(SweepSettings settings, SweepAsked asked) {
    this.settings = settings;
    this.tasks = asked.tasks();
    for (SweepAsked.Part part : asked.all()) {
      Task task = part.task().task();
      averages.put(new ScoredTask(task.name(), task.version()), part.task().average(part.rows()));
    }
  }

  /**
   * One result per cell, task, version and group, in the order in which the settings name them.
   *
   * @param samples rows of {@link SweepSamples#of}, of all parts
   * @param tokenBytes bytes of a visual token at rest, by model
   */
  List<Result> of(Dataset<Row> samples, Map<String, Integer> tokenBytes) {
    Map<ScoreKey, Score> scores =
        Scores.of(
            judgedInWhole(samples)
                .filter(col("left_out").equalTo(false).and(col("score").isNotNull()))
                .withColumn("doc_id", col("doc_id").cast("string")),
            averages);
    Map<ScoreKey, Row> rows = new HashMap<>();
    for (Row row : counted(samples).collectAsList()) {
      rows.put(ScoreKey.of(row), row);
    }
    Map<TaskKey, List<String>> judges = judges(samples);
    List<Result> results = new ArrayList<>();
    rows.forEach(
        (key, row) -> {
          Row baseline = rows.get(key.baseline());
          Judging judging = judging(key, row, judges, scores.get(key));
          results.add(result(key, row, baseline, scores.get(key), judging, tokenBytes));
        });
    List<String> names = averages.keySet().stream().map(ScoredTask::task).distinct().toList();
    results.sort(
        Comparator.<Result>comparingInt(result -> names.indexOf(result.task()))
            .thenComparing(Result::version)
            .thenComparing(Result::group)
            .thenComparing(result -> result.cell().model())
            .thenComparingInt(result -> settings.samplings().indexOf(result.cell().sampling()))
            .thenComparingInt(
                result -> settings.compressions().indexOf(result.cell().compression()))
            .thenComparingInt(result -> settings.kvs().indexOf(result.cell().kv())));
    return results;
  }

  /** Without the cells that lack a verdict, and the tasks that more than one model judged. */
  private Dataset<Row> judgedInWhole(Dataset<Row> samples) {
    if (!anyJudged()) { // two shuffles of all samples for nothing
      return samples;
    }
    WindowSpec task = Window.partitionBy("task", "version");
    WindowSpec cell =
        Window.partitionBy("task", "version", "model", "sampling", "compression", "kv");
    return samples
        .withColumn("lacking", count_if(SweepJudging.lacking()).over(cell))
        .withColumn("judges", size(collect_set(col("judge")).over(task)))
        .filter(col("lacking").equalTo(0).and(col("judges").leq(1)));
  }

  private static Dataset<Row> counted(Dataset<Row> samples) {
    Column state = col("state");
    return ScoreGroups.each(besideBaseline(samples))
        .groupBy(ScoreKey.OF_GROUP)
        .agg(
            count(lit(1)).as("questions"),
            count_distinct(col("cluster")).as("videos"),
            count_if(state.equalTo(SweepSamples.MISSING_VIDEO)).as("missing_videos"),
            count_if(state.equalTo(SweepSamples.MISSING_ANSWER)).as("missing_answers"),
            count_if(state.equalTo(Reading.UNREAD.name()).and(not(col("left_out")))).as("unread"),
            count_if(state.equalTo(Reading.GUESSED.name())).as("guessed"),
            count_if(col("left_out")).as("left_out"),
            count_if(state.equalTo(SweepJudging.WAITING)).as("judge_waiting"),
            count_if(state.equalTo(SweepJudging.FAILED)).as("judge_failed"),
            count_if(state.equalTo(SweepJudging.UNREADABLE)).as("judge_unreadable"),
            avg("judge_score").as("judge_score"),
            avg("visual_tokens").as("visual_tokens"),
            sum("shared_tokens").divide(sum("baseline_tokens")).as("token_share"),
            avg("prefill_ms").as("prefill_ms"),
            avg("decode_ms").as("decode_ms"),
            avg("kv_bytes_peak").as("kv_bytes_peak"),
            quartiles("prefill_ms"),
            quartiles("decode_ms"),
            quartiles("kv_bytes_peak"),
            avg("kv_reserve_bytes_peak").as("kv_reserve_bytes_peak"),
            quartiles("kv_reserve_bytes_peak"));
  }

  /** With the visual tokens of a question that its cell and the baseline both answered. */
  private static Dataset<Row> besideBaseline(Dataset<Row> samples) {
    WindowSpec question = Window.partitionBy("model", "sampling", "task", "version", "doc_id");
    Column isBaseline =
        col("compression").equalTo(Cell.ALL_TOKENS).and(col("kv").equalTo(Cell.ALL_KEYS));
    Column both = col("visual_tokens").isNotNull().and(col("of_baseline").isNotNull());
    return samples
        .withColumn("of_baseline", max(when(isBaseline, col("visual_tokens"))).over(question))
        .withColumn("shared_tokens", when(both, col("visual_tokens")))
        .withColumn("baseline_tokens", when(both, col("of_baseline")));
  }

  private Result result(
      ScoreKey key,
      Row row,
      Row baseline,
      Score score,
      Judging judging,
      Map<String, Integer> tokenBytes) {
    Task task = task(key);
    double visualTokens = number(row, "visual_tokens");
    Counts counts = counts(row);
    boolean scored = score != null && counts.answers() > 0;
    boolean paired = scored && baseline != null && counts(baseline).answers() > 0;
    return new Result(
        key.cell(),
        key.task(),
        key.version(),
        task.metric().name(),
        key.group(),
        task.metric().scale(),
        counts,
        scored ? score.estimate() : null,
        paired ? score.difference() : null,
        paired ? score.retainedPercent() : null,
        new Cost(
            number(row, "token_share"),
            visualTokens,
            number(row, "prefill_ms"),
            number(row, "decode_ms"),
            number(row, "kv_bytes_peak"),
            visualTokens * tokenBytes.get(key.cell().model()),
            quartiles(row, "prefill_ms"),
            quartiles(row, "decode_ms"),
            quartiles(row, "kv_bytes_peak"),
            number(row, "kv_reserve_bytes_peak"),
            quartiles(row, "kv_reserve_bytes_peak")),
        judging);
  }

  private static Counts counts(Row row) {
    return new Counts(
        row.getAs("questions"),
        row.getAs("videos"),
        row.getAs("missing_videos"),
        row.getAs("missing_answers"),
        row.getAs("unread"),
        row.getAs("guessed"),
        row.getAs("left_out"));
  }

  private Task task(ScoreKey key) {
    return tasks.get(new TaskKey(key.task(), key.version())).task();
  }

  /** Null where no language model judges. */
  private Judging judging(ScoreKey key, Row row, Map<TaskKey, List<String>> judges, Score score) {
    return task(key).judge() == null
        ? null
        : new Judging(
            judges.getOrDefault(new TaskKey(key.task(), key.version()), List.of()),
            row.getAs("judge_waiting"),
            row.getAs("judge_failed"),
            row.getAs("judge_unreadable"),
            score == null ? Double.NaN : number(row, "judge_score"));
  }

  private boolean anyJudged() {
    return tasks.values().stream().anyMatch(task -> task.task().judge() != null);
  }

  /** Who judged. */
  private Map<TaskKey, List<String>> judges(Dataset<Row> samples) {
    Map<TaskKey, List<String>> judges = new HashMap<>();
    if (!anyJudged()) {
      return judges;
    }
    samples
        .filter(col("judge").isNotNull())
        .select("task", "version", "judge")
        .distinct()
        .orderBy("judge")
        .collectAsList()
        .forEach(
            row ->
                judges
                    .computeIfAbsent(
                        new TaskKey(row.getString(0), row.getString(1)), task -> new ArrayList<>())
                    .add(row.getString(2)));
    return judges;
  }

  private static Column quartiles(String column) {
    return percentile(col(column), array(lit(0.25), lit(0.5), lit(0.75))).as(column + "_quartiles");
  }

  /** None where no question was answered. */
  private static Quartiles quartiles(Row row, String column) {
    int field = row.fieldIndex(column + "_quartiles");
    if (row.isNullAt(field)) {
      return Quartiles.NONE;
    }
    List<Double> values = row.getList(field);
    return new Quartiles(values.get(0), values.get(1), values.get(2));
  }

  /** NaN where no question was answered. */
  private static double number(Row row, String column) {
    Double value = row.getAs(column);
    return value == null ? Double.NaN : value;
  }
}

package io.tokenreel.sweep;

import io.tokenreel.eval.result.Difference;
import io.tokenreel.eval.result.Estimate;
import io.tokenreel.eval.result.Judging;
import io.tokenreel.eval.result.Quartiles;
import io.tokenreel.eval.result.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of {@code results/}: name, type, meaning and value of each stand here and nowhere
 * else. New ones come last and are optional, so that older results stay readable.
 */
final class ResultColumns {

  /**
   * A column.
   *
   * @param required whether every row has a value
   * @param meaning for the docs
   * @param value of a result; null or NaN where there is none
   */
  record ResultColumn(
      String name,
      DataType type,
      boolean required,
      String meaning,
      Function<Result, Object> value) {}

  private static final DataType TEXT = DataTypes.StringType;
  private static final DataType WHOLE = DataTypes.LongType;
  private static final DataType NUMBER = DataTypes.DoubleType;

  private static final List<ResultColumn> ALL = new ArrayList<>();

  static {
    required("model", TEXT, "the language model, name@revision", one -> one.cell().model());
    required("sampling", TEXT, "the frame sampling spec, canonical", one -> one.cell().sampling());
    required(
        "compression", TEXT, "the compression spec, canonical", one -> one.cell().compression());
    required("kv", TEXT, "the KV cache spec, canonical", one -> one.cell().kv());
    required("task", TEXT, "the benchmark", Result::task);
    required(
        "version", TEXT, "whose prompts, parser and metric the benchmark follows", Result::version);
    required("metric", TEXT, "the score's key upstream", Result::metric);
    required(
        "group",
        TEXT,
        "a group of the benchmark's questions, `dimension=value`; empty for all of them",
        Result::group);
    required(
        "scale", NUMBER, "what upstream multiplies the score by: 1 or 100", one -> one.scale());
    required(
        "questions",
        WHOLE,
        "that are asked; less left_out the denominator",
        one -> one.counts().questions());
    required("videos", WHOLE, "that these are about", one -> one.counts().videos());
    required(
        "missing_videos",
        WHOLE,
        "questions whose video is missing or has no tokens; they count as wrong",
        one -> one.counts().missingVideos());
    required(
        "missing_answers",
        WHOLE,
        "questions whose answer failed; they count as wrong",
        one -> one.counts().missingAnswers());
    required(
        "unread",
        WHOLE,
        "questions whose response has no answer in it; they count as wrong",
        one -> one.counts().unread());
    required(
        "guessed",
        WHOLE,
        "questions whose answer upstream would draw at random; they count as wrong",
        one -> one.counts().guessed());
    required(
        "left_out",
        WHOLE,
        "questions that a judge says neither yes nor no to, or whose response is empty where the metric leaves these out; not in the denominator",
        one -> one.counts().leftOut());
    of(
        "score",
        "0 to 1; NULL where the benchmark is not scored, and where no question has an answer",
        scored(Estimate::mean));
    of(
        "stderr",
        "standard error, questions about one video being a cluster; NULL for one video",
        scored(Estimate::standardError));
    of("ci_low", "lower end of the 95% interval, at least 0", scored(Estimate::low));
    of("ci_high", "upper end of it, at most 1", scored(Estimate::high));
    optional(
        "paired_questions",
        WHOLE,
        "that the cell and the baseline have a score of; NULL for the baseline",
        paired(Difference::questions));
    of(
        "difference",
        "the cell's score less the baseline's over these, -1 to 1",
        paired(of -> of.estimate().mean()));
    of(
        "difference_stderr",
        "its standard error, clustered",
        paired(of -> of.estimate().standardError()));
    of(
        "difference_low",
        "lower end of its 95% interval, at least -1",
        paired(of -> of.estimate().low()));
    of("difference_high", "upper end of it, at most 1", paired(of -> of.estimate().high()));
    optional(
        "only_baseline",
        WHOLE,
        "questions that the baseline alone gets right",
        paired(Difference::onlyBaseline));
    optional(
        "only_cell",
        WHOLE,
        "questions that the cell alone gets right",
        paired(Difference::onlyCell));
    of(
        "mcnemar_p",
        "exact two-sided p value of McNemar's test on these two",
        paired(Difference::mcNemarP));
    of("retained_percent", "the score as a percentage of the baseline's", Result::retainedPercent);
    of(
        "token_share",
        "visual tokens as a part of the baseline's, 0 to 1, over the questions that both answered",
        one -> one.cost().tokenShare());
    of(
        "visual_tokens",
        "mean of the rows that a video gives the prompt",
        one -> one.cost().visualTokens());
    of(
        "prefill_ms",
        "mean wall time of the prompt, the video's part in full",
        one -> one.cost().prefillMillis());
    of("decode_ms", "mean wall time of the new tokens", one -> one.cost().decodeMillis());
    of(
        "kv_bytes_peak",
        "mean of the most bytes of keys and values that the layers attend to",
        one -> one.cost().kvBytesPeak());
    of(
        "token_bytes",
        "bytes of a video's compressed tokens at rest",
        one -> one.cost().tokenBytes());
    optional(
        "judges",
        DataTypes.createArrayType(TEXT),
        "language models that judged the benchmark's answers; NULL where none judges",
        judged(of -> of.models().toArray(String[]::new)));
    optional("judge_waiting", WHOLE, "questions without a reply", judged(Judging::waiting));
    optional("judge_failed", WHOLE, "questions whose reply is an error", judged(Judging::failed));
    optional(
        "judge_unreadable",
        WHOLE,
        "questions whose reply has no verdict that can be read",
        judged(Judging::unreadable));
    of("judge_score", "mean of the judge's own scores, 0 to 5", judged(Judging::meanScore));
    quartiles("prefill_ms", "of the prompt's wall times", one -> one.cost().prefill());
    quartiles("decode_ms", "of the new tokens' wall times", one -> one.cost().decode());
    quartiles("kv_bytes_peak", "of the most bytes of keys and values", one -> one.cost().kvPeak());
    of(
        "kv_reserve_bytes_peak",
        "mean of the most bytes of keys and values of pruned tokens that can come back, 0 without a reserve; NULL where the answers do not count it apart",
        one -> one.cost().kvReserveBytesPeak());
    quartiles("kv_reserve_bytes_peak", "of those bytes", one -> one.cost().kvReservePeak());
  }

  private ResultColumns() {}

  private static void required(
      String name, DataType type, String meaning, Function<Result, Object> value) {
    ALL.add(new ResultColumn(name, type, true, meaning, value));
  }

  private static void optional(
      String name, DataType type, String meaning, Function<Result, Object> value) {
    ALL.add(new ResultColumn(name, type, false, meaning, value));
  }

  private static void of(String name, String meaning, Function<Result, Object> value) {
    optional(name, NUMBER, meaning, value);
  }

  private static void quartiles(String of, String meaning, Function<Result, Quartiles> quartiles) {
    of(of + "_q1", "lower quartile " + meaning, one -> quartiles.apply(one).low());
    of(of + "_median", "median " + meaning, one -> quartiles.apply(one).median());
    of(of + "_q3", "upper quartile " + meaning, one -> quartiles.apply(one).high());
  }

  private static Function<Result, Object> scored(Function<Estimate, Object> value) {
    return one -> one.score() == null ? null : value.apply(one.score());
  }

  private static Function<Result, Object> paired(Function<Difference, Object> value) {
    return one -> one.difference() == null ? null : value.apply(one.difference());
  }

  private static Function<Result, Object> judged(Function<Judging, Object> value) {
    return one -> one.judging() == null ? null : value.apply(one.judging());
  }

  /** In the order of the table. */
  static List<ResultColumn> all() {
    return List.copyOf(ALL);
  }

  static StructType schema() {
    StructType schema = new StructType();
    for (ResultColumn column : ALL) {
      schema = schema.add(column.name, column.type, !column.required);
    }
    return schema;
  }

  /** A row of {@link #schema}: what there is not is NULL, never NaN. */
  static Row row(Result result) {
    return RowFactory.create(
        ALL.stream()
            .map(column -> column.value.apply(result))
            .map(value -> value instanceof Double number && number.isNaN() ? null : value)
            .toArray());
  }
}

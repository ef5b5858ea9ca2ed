package io.tokenreel.eval.ml;

import static org.apache.spark.sql.functions.udf;

import io.tokenreel.eval.parse.AnswerParsers;
import io.tokenreel.eval.task.AnswerScorer;
import io.tokenreel.eval.task.Task.GoldForm;
import io.tokenreel.ml.TextParams;
import io.tokenreel.sql.Columns;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.ml.evaluation.Evaluator;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF3;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Accuracy of answers to multiple-choice questions, one row each: the share of all rows whose
 * response names the right option, by the parsers that {@code tokenreel sweep} reads responses
 * with. A row without an answer stays in the denominator, as does one whose response no parser can
 * read; {@link #counts} and the other metrics say how many these are.
 *
 * <p>Every question counts alike, as in a benchmark without groups that are averaged.
 */
public final class AnswerAccuracyEvaluator extends Evaluator implements DefaultParamsWritable {

  private static final long serialVersionUID = 1;

  /** What a row comes to. */
  private enum State {
    CORRECT,
    WRONG,
    MISSING,
    UNREAD,
    GUESSED,
    /** The question's label names none of its options. */
    BAD_LABEL
  }

  private final String uid;
  private final Param<String> predictionCol;
  private final Param<String> labelCol;
  private final Param<String> optionsCol;
  private final Param<String> labelForm;
  private final Param<String> parser;
  private final Param<String> metricName;

  /** An evaluator with default settings; the parser has no default. */
  public AnswerAccuracyEvaluator() {
    this(Identifiable.randomUID("answerAccuracy"));
  }

  /** An evaluator of a given uid, as MLlib makes it to copy or load one. */
  public AnswerAccuracyEvaluator(String uid) {
    this.uid = uid;
    predictionCol =
        TextParams.column(this, "predictionCol", "column of responses; NULL where there is none");
    labelCol = TextParams.column(this, "labelCol", "column of right answers");
    optionsCol = TextParams.column(this, "optionsCol", "column of the questions' options");
    labelForm =
        TextParams.checked(
            this,
            "labelForm",
            "what labelCol holds: letter (from A), index (from 0) or option (its words)",
            AnswerAccuracyEvaluator::form);
    parser =
        TextParams.checked(
            this,
            "parser",
            "how the choice is found in a response: one of " + AnswerParsers.names(),
            AnswerParsers::of);
    metricName =
        TextParams.checked(
            this,
            "metricName",
            "share of all questions that is given: one of " + AnswerMetric.labels(),
            AnswerMetric::parse);
    setDefault(predictionCol, "response");
    setDefault(labelCol, "answer");
    setDefault(optionsCol, "options");
    setDefault(labelForm, "letter");
    setDefault(metricName, AnswerMetric.ACCURACY.label());
  }

  private static GoldForm form(String word) {
    for (GoldForm known : GoldForm.values()) {
      if (known != GoldForm.WORDS && known.name().toLowerCase(Locale.ROOT).equals(word)) {
        return known;
      }
    }
    throw new IllegalArgumentException(
        "unknown labelForm '%s'; expected letter, index or option".formatted(word));
  }

  /**
   * The metric of {@code metricName}, from 0 to 1.
   *
   * @throws IllegalArgumentException as {@link #counts} does
   */
  @Override
  public double evaluate(Dataset<?> dataset) {
    return AnswerMetric.parse(getOrDefault(metricName)).of(counts(dataset));
  }

  /**
   * What became of the questions.
   *
   * @param dataset one row per question
   * @throws IllegalArgumentException when no parser is set, a column is missing, there is no row,
   *     or a row has no label, or one that names no option
   */
  public AnswerCounts counts(Dataset<?> dataset) {
    requireParser();
    Column label = column(dataset, labelCol);
    Column state = state(column(dataset, predictionCol), column(dataset, optionsCol), label);
    Map<String, Long> counts = new HashMap<>();
    for (Row row : dataset.groupBy(state.as("state")).count().collectAsList()) {
      counts.put(row.getString(0), row.getLong(1));
    }
    if (counts.containsKey(null)) {
      throw new IllegalArgumentException(
          "%s: labelCol '%s' is NULL in %d rows; evaluate questions whose right answer is known"
              .formatted(uid, getOrDefault(labelCol), counts.get(null)));
    }
    if (counts.containsKey(State.BAD_LABEL.name())) {
      throw new IllegalArgumentException(
          "%s: labelCol '%s' has %d labels that name no option by their %s (labelForm); correct them, or set labelForm"
              .formatted(
                  uid,
                  getOrDefault(labelCol),
                  counts.get(State.BAD_LABEL.name()),
                  getOrDefault(labelForm)));
    }
    if (counts.isEmpty()) {
      throw new IllegalArgumentException(uid + ": there is no question to evaluate");
    }
    return new AnswerCounts(
        of(State.CORRECT, counts),
        of(State.WRONG, counts),
        of(State.MISSING, counts),
        of(State.UNREAD, counts),
        of(State.GUESSED, counts));
  }

  private static long of(State state, Map<String, Long> counts) {
    return counts.getOrDefault(state.name(), 0L);
  }

  private void requireParser() {
    if (!isSet(parser)) {
      throw new IllegalArgumentException(
          "%s: parser is not set; set one of %s, such as words for scoring options:form=text"
              .formatted(uid, AnswerParsers.names()));
    }
  }

  private Column column(Dataset<?> dataset, Param<String> param) {
    String name = getOrDefault(param);
    if (!Arrays.asList(dataset.columns()).contains(name)) {
      throw new IllegalArgumentException(
          "%s: %s '%s' is not among the columns %s"
              .formatted(uid, param.name(), name, Arrays.toString(dataset.columns())));
    }
    return Columns.quoted(name);
  }

  /** The name of a {@link State}; NULL where there is no label. */
  private Column state(Column response, Column options, Column label) {
    AnswerScorer scorer = new AnswerScorer(getOrDefault(parser));
    GoldForm form = form(getOrDefault(labelForm));
    UDF3<String, Seq<String>, String, String> stateOf =
        (said, offered, gold) -> gold == null ? null : state(scorer, form, said, offered, gold);
    return udf(stateOf, DataTypes.StringType)
        .apply(response, options.cast("array<string>"), label.cast("string"));
  }

  private static String state(
      AnswerScorer scorer, GoldForm form, String said, Seq<String> offered, String gold) {
    List<String> options = offered == null ? List.of() : CollectionConverters.asJava(offered);
    String right;
    try {
      right = form.letter(gold, options);
    } catch (IllegalArgumentException e) {
      return State.BAD_LABEL.name();
    }
    if (said == null) {
      return State.MISSING.name();
    }
    AnswerScorer.Scored scored = scorer.score(said, options, right);
    State state =
        switch (scored.parsed().reading()) {
          case READ -> scored.score() == 1 ? State.CORRECT : State.WRONG;
          case UNREAD -> State.UNREAD;
          case GUESSED -> State.GUESSED;
        };
    return state.name();
  }

  /** Whether a larger value of {@code metricName} is better: of accuracy alone. */
  @Override
  public boolean isLargerBetter() {
    return AnswerMetric.parse(getOrDefault(metricName)) == AnswerMetric.ACCURACY;
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public AnswerAccuracyEvaluator copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  public Param<String> predictionCol() {
    return predictionCol;
  }

  public Param<String> labelCol() {
    return labelCol;
  }

  public Param<String> optionsCol() {
    return optionsCol;
  }

  public Param<String> labelForm() {
    return labelForm;
  }

  public Param<String> parser() {
    return parser;
  }

  public Param<String> metricName() {
    return metricName;
  }

  public AnswerAccuracyEvaluator setPredictionCol(String value) {
    return with(predictionCol, value);
  }

  public AnswerAccuracyEvaluator setLabelCol(String value) {
    return with(labelCol, value);
  }

  public AnswerAccuracyEvaluator setOptionsCol(String value) {
    return with(optionsCol, value);
  }

  /** Sets what {@code labelCol} holds: letter, index or option. */
  public AnswerAccuracyEvaluator setLabelForm(String value) {
    return with(labelForm, value);
  }

  /** Sets how the choice is found in a response, by a name of {@link AnswerParsers}. */
  public AnswerAccuracyEvaluator setParser(String value) {
    return with(parser, value);
  }

  /** Sets what is given: accuracy, missing, unread or guessed. */
  public AnswerAccuracyEvaluator setMetricName(String value) {
    return with(metricName, value);
  }

  private AnswerAccuracyEvaluator with(Param<String> param, String value) {
    set(param, value);
    return this;
  }

  /** Loads a saved evaluator. */
  public static MLReader<AnswerAccuracyEvaluator> read() {
    return new DefaultParamsReader<>();
  }

  /** The evaluator that was saved at a path; Spark Connect loads by this method. */
  public static AnswerAccuracyEvaluator load(String path) {
    return read().load(path);
  }
}

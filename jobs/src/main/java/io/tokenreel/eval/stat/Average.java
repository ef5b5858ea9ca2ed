package io.tokenreel.eval.stat;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.HashSet;
import java.util.List;
import org.apache.spark.sql.Column;

/**
 * How a task's questions become one score: the mean over all of them, or the unweighted mean over
 * the groups of one dimension. A group's own score is always the mean over its questions.
 *
 * @param dimension key in a question's {@code groups}, such as {@code task_type}; empty for the
 *     mean over all questions
 * @param values of the dimension that the task has; empty for the mean over all questions
 */
public record Average(String dimension, List<String> values) {

  /** The mean over all questions. */
  public static final Average MICRO = new Average("", List.of());

  public Average {
    values = List.copyOf(values);
    if (dimension.isEmpty() != values.isEmpty()) {
      throw new IllegalArgumentException(
          "a macro average has a dimension and its values; came dimension '"
              + dimension
              + "' with values "
              + values
              + "; name both, or take Average.MICRO");
    }
    if (new HashSet<>(values).size() < values.size()) {
      throw new IllegalArgumentException(
          "values of a macro average differ; came %s; name each once".formatted(values));
    }
  }

  /**
   * The unweighted mean of the values' means. A value without questions counts 0, as upstream's
   * M-Avg of MLVU has it (lmms_eval/tasks/mlvu/utils.py).
   */
  public static Average macro(String dimension, List<String> values) {
    return new Average(dimension, values);
  }

  /** The parts that the score is the mean of: one, with the empty name, without a dimension. */
  List<String> strata() {
    return values.isEmpty() ? List.of("") : values;
  }

  /** A question's value of the dimension: NULL where it has none, empty without a dimension. */
  Column stratum() {
    return dimension.isEmpty() ? lit("") : col("groups").getItem(dimension);
  }
}

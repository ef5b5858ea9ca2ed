package io.tokenreel.eval.result;

/**
 * A score of a cell on a task, or on one group of it: a line of {@code results/}.
 *
 * @param task its name
 * @param version whose prompts, parser and metric it follows, such as {@code lmms-eval-0.3.4}
 * @param metric its upstream key
 * @param group one of the task's groups, such as {@code duration=short}; empty for the whole task
 * @param scale what the upstream score is multiplied by: 1 or 100
 * @param score null where the task is not scored: its right answers are not public, or a judge has
 *     not judged
 * @param difference null for the baseline, and where that has no score
 * @param retainedPercent the score as a percentage of the baseline's, as papers print it; null as
 *     {@code difference}
 * @param judging null where no language model judges
 */
public record Result(
    Cell cell,
    String task,
    String version,
    String metric,
    String group,
    double scale,
    Counts counts,
    Estimate score,
    Difference difference,
    Double retainedPercent,
    Cost cost,
    Judging judging) {}

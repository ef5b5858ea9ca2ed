package io.tokenreel.eval.stat;

import io.tokenreel.eval.result.Difference;
import io.tokenreel.eval.result.Estimate;

/**
 * A score and what it is against the baseline's.
 *
 * @param questions that it is the mean of
 * @param videos that these are about
 * @param estimate with an interval within 0 .. 1
 * @param difference from the baseline, with an interval within -1 .. 1; null for the baseline, and
 *     where the baseline has no score of any of these questions
 * @param retainedPercent the score as a percentage of the baseline's, each over all questions of
 *     its own; null as {@code difference}, and where the baseline's score is 0
 */
public record Score(
    long questions,
    long videos,
    Estimate estimate,
    Difference difference,
    Double retainedPercent) {}

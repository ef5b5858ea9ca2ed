package io.tokenreel.eval.result;

/**
 * A mean over questions with its uncertainty, in which questions about one video count as a
 * cluster. Scores lie in 0 .. 1; differences in -1 .. 1.
 *
 * @param standardError clustered by video; NaN where there are fewer than two videos, or where a
 *     mean of groups' means has a group of one question
 * @param low of the 95% interval; NaN as the standard error
 * @param high of the 95% interval
 */
public record Estimate(double mean, double standardError, double low, double high) {}

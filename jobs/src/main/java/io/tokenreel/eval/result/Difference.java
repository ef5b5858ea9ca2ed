package io.tokenreel.eval.result;

/**
 * A cell against all tokens and full keys and values, over the questions that both have a score of.
 *
 * @param questions how many these are
 * @param estimate of the cell's score minus the baseline's
 * @param onlyBaseline questions that the baseline alone gets right
 * @param onlyCell questions that the cell alone gets right
 * @param mcNemarP exact two-sided p value of McNemar's test on these two numbers; 1 where both are
 *     0
 */
public record Difference(
    long questions, Estimate estimate, long onlyBaseline, long onlyCell, double mcNemarP) {}

package io.tokenreel.eval.result;

/**
 * What the answers of a cell take: means over the questions that were answered.
 *
 * @param tokenShare visual tokens as a part of the baseline's, 0 .. 1
 * @param visualTokens rows that a video gives the prompt
 * @param prefillMillis wall time of the prompt, the video's part in full
 * @param decodeMillis wall time of the new tokens
 * @param kvBytesPeak most bytes of keys and values
 * @param tokenBytes bytes of a video's compressed tokens at rest
 */
public record Cost(
    double tokenShare,
    double visualTokens,
    double prefillMillis,
    double decodeMillis,
    double kvBytesPeak,
    double tokenBytes) {}

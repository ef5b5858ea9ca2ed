package io.tokenreel.eval.result;

/**
 * What the answers of a cell take, over the questions that were answered. A number that there is
 * not is NaN. Times have long tails, and a few of them make a mean: quartiles say what most answers
 * take.
 *
 * @param tokenShare visual tokens as a part of the baseline's, 0 .. 1, over the questions that both
 *     answered
 * @param visualTokens mean of the rows that a video gives the prompt
 * @param prefillMillis mean wall time of the prompt, the video's part in full
 * @param decodeMillis mean wall time of the new tokens
 * @param kvBytesPeak mean of the most bytes of keys and values
 * @param tokenBytes bytes of a video's compressed tokens at rest
 * @param prefill milliseconds of prefill; none in results of before these were kept
 * @param decode milliseconds of new tokens; none as {@code prefill}
 * @param kvPeak most bytes of keys and values; none as {@code prefill}
 * @param kvReserveBytesPeak mean of the most bytes of keys and values of pruned tokens that can
 *     come back; NaN in results of before it was kept apart
 * @param kvReservePeak those bytes; none as {@code kvReserveBytesPeak}
 */
public record Cost(
    double tokenShare,
    double visualTokens,
    double prefillMillis,
    double decodeMillis,
    double kvBytesPeak,
    double tokenBytes,
    Quartiles prefill,
    Quartiles decode,
    Quartiles kvPeak,
    double kvReserveBytesPeak,
    Quartiles kvReservePeak) {

  /** Means alone. */
  public Cost(
      double tokenShare,
      double visualTokens,
      double prefillMillis,
      double decodeMillis,
      double kvBytesPeak,
      double tokenBytes) {
    this(
        tokenShare,
        visualTokens,
        prefillMillis,
        decodeMillis,
        kvBytesPeak,
        tokenBytes,
        Quartiles.NONE,
        Quartiles.NONE,
        Quartiles.NONE,
        Double.NaN,
        Quartiles.NONE);
  }
}

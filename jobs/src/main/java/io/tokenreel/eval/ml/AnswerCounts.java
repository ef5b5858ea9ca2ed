package io.tokenreel.eval.ml;

/**
 * What became of a set of questions. Every question is in one of the counts.
 *
 * @param correct answered with the right option
 * @param wrong answered with another one
 * @param missing without an answer: there is no video, or its tokens or the question were refused
 * @param unread answered, but the parser finds no choice; wrong by the benchmark's own rule
 * @param guessed answered, but the parser finds no choice and upstream would draw one; wrong here
 */
public record AnswerCounts(long correct, long wrong, long missing, long unread, long guessed) {

  /** All of them. */
  public long questions() {
    return correct + wrong + missing + unread + guessed;
  }

  /** Share of all questions that is answered right, whatever became of the others. */
  public double accuracy() {
    return share(correct);
  }

  /** A count as a share of all questions. */
  double share(long count) {
    return (double) count / questions();
  }
}

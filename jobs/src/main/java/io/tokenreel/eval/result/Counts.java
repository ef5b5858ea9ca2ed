package io.tokenreel.eval.result;

/**
 * What a score is made of, and what it lacks. All numbers but {@code videos} are of questions.
 *
 * @param questions that the task asks; less {@code leftOut} the denominator
 * @param videos that they are about
 * @param missingVideos whose video is missing or could not be read; they count as wrong
 * @param missingAnswers whose answer failed although there are tokens; they count as wrong
 * @param unread whose response the task's parser finds no answer in; they count as wrong
 * @param guessed whose response the upstream parser would draw an answer for at random; they count
 *     as wrong here, and chance would have given a part of them
 * @param leftOut that a judge says neither yes nor no to, or whose response is empty where the
 *     metric leaves these out; they are not in the denominator
 */
public record Counts(
    long questions,
    long videos,
    long missingVideos,
    long missingAnswers,
    long unread,
    long guessed,
    long leftOut) {

  /** Questions that were answered. A cell without an answer has failed: it has no score. */
  public long answers() {
    return questions - missingVideos - missingAnswers;
  }
}

package io.tokenreel.eval.task;

import java.util.List;
import java.util.Map;

/**
 * A question of a benchmark, ready to be asked.
 *
 * @param docId its place in the benchmark's annotations, from 0
 * @param place where that is in its subset
 * @param doc its annotation, column to value
 * @param video its place below the task's root; the first candidate where none is there
 * @param videoMissing whether none of the candidates is there
 * @param prompt what stands behind the video
 * @param options its options as the annotation has them; empty for an open question
 * @param gold letter of the right option, or the right words; null where it is not known
 * @param submissionKey its key in a submission file; null where the right answer is known
 * @param groups of the task's group columns the question's values
 */
public record TaskQuestion(
    int docId,
    Place place,
    Map<String, Object> doc,
    String video,
    boolean videoMissing,
    String prompt,
    List<String> options,
    String gold,
    String submissionKey,
    Map<String, String> groups) {

  /**
   * A row of a subset, which lmms-eval has as a task of its own.
   *
   * @param subset its name; empty where the benchmark has none
   * @param row from 0; what lmms-eval's logs join on
   * @param rows of the subset in all
   */
  public record Place(String subset, int row, int rows) {}
}

package io.tokenreel.scene;

import java.util.List;

/**
 * A question about a video: one line of {@code questions.jsonl}, whose columns are these components
 * in snake case.
 *
 * @param videoId the file's name, as a run over the folder of videos has it
 * @param questionId unique over all splits
 * @param options four answers in random order
 * @param answer the one of them that is right
 */
public record SceneQuestion(
    String videoId,
    String questionId,
    String question,
    List<String> options,
    String answer,
    QuestionKind kind) {

  /** Possible answers of every question. */
  public static final int OPTIONS = 4;

  public SceneQuestion {
    options = List.copyOf(options);
    if (options.stream().distinct().count() != OPTIONS || !options.contains(answer)) {
      throw new IllegalArgumentException(
          "%s needs %d unlike options and '%s' among them; got %s"
              .formatted(questionId, OPTIONS, answer, options));
    }
  }
}

package io.tokenreel.eval.task;

import io.tokenreel.eval.parse.AnswerParser;
import io.tokenreel.eval.parse.AnswerParsers;
import io.tokenreel.eval.parse.ParsedAnswer;
import io.tokenreel.eval.parse.ReasoningTags;
import java.io.Serializable;
import java.util.List;

/** Sets responses against right answers, as a benchmark does. Thread-safe. */
public final class AnswerScorer implements Serializable {

  private static final long serialVersionUID = 1;

  private final ReasoningTags reasoning;
  private final AnswerParser parser;
  private final boolean emptyLeftOut;

  /**
   * Of a task's answers.
   *
   * @throws IllegalArgumentException for a task that a language model judges
   */
  public AnswerScorer(Task task) {
    if (task.judge() != null) {
      throw new IllegalArgumentException(
          "task %s has no parser: a language model judges its answers".formatted(task.name()));
    }
    this.reasoning = task.reasoning();
    this.parser = AnswerParsers.of(task.parser());
    this.emptyLeftOut = task.metric().emptyLeftOut();
  }

  /**
   * Of answers that all count, however empty, and that are parsed with what reasoning is in them.
   *
   * @param parser name of the {@link AnswerParser}
   * @throws IllegalArgumentException for an unknown name; the message lists the known ones
   */
  public AnswerScorer(String parser) {
    this.reasoning = ReasoningTags.NONE;
    this.parser = AnswerParsers.of(parser);
    this.emptyLeftOut = false;
  }

  /**
   * A response that was read.
   *
   * @param parsed what it says
   * @param score 1 for right, 0 for wrong; NaN where the right answer is not known
   * @param leftOut whether the metric leaves it out of its denominator
   */
  public record Scored(ParsedAnswer parsed, double score, boolean leftOut) {}

  /**
   * Scores.
   *
   * @param response what the model said
   * @param options the question's options as its annotation has them
   * @param gold letter of the right one; null where it is not known
   */
  public Scored score(String response, List<String> options, String gold) {
    String said = reasoning.removed(response);
    ParsedAnswer parsed = parser.parse(said, options);
    double score = gold == null ? Double.NaN : parsed.choice().equals(gold) ? 1 : 0;
    return new Scored(parsed, score, emptyLeftOut && said.isEmpty());
  }
}

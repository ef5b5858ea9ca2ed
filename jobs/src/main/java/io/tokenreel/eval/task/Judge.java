package io.tokenreel.eval.task;

import java.io.Serializable;

/**
 * How a language model is asked whether an open answer is right. Texts are Jinja over the
 * question's annotation and {@code pred}, the answer.
 *
 * @param model the one that upstream asks by default; scores of different ones are not comparable
 * @param system its instruction
 * @param user what it is asked
 * @param maxTokens of its reply
 * @param scoreMetric upstream's key of the mean of its scores, beside the metric of its verdicts
 */
public record Judge(String model, String system, String user, int maxTokens, String scoreMetric)
    implements Serializable {

  public Judge {
    Task.require(model != null, "judge.model: whom upstream asks");
    Task.require(system != null && user != null, "judge.system and judge.user: texts");
    Task.require(maxTokens > 0, "judge.max-tokens above 0");
    Task.require(scoreMetric != null, "judge.score-metric: upstream's key of its mean score");
  }
}

package io.tokenreel.eval.result;

import java.util.List;

/**
 * How far a language model has judged the answers of a cell. There is no score while a reply is
 * lacking, or where more than one model judged the benchmark.
 *
 * @param models that judged the benchmark's answers, of all cells
 * @param waiting questions without a reply
 * @param failed questions whose reply is an error
 * @param unreadable questions whose reply has no verdict that can be read
 * @param meanScore of the judge's own scores, 0 to 5; NaN where there is no score
 */
public record Judging(
    List<String> models, long waiting, long failed, long unreadable, double meanScore) {

  public Judging {
    models = List.copyOf(models);
  }

  /** Questions that have no verdict. */
  public long open() {
    return waiting + failed + unreadable;
  }

  /** Whether the verdicts are of more than one model. */
  public boolean mixed() {
    return models.size() > 1;
  }
}

package io.tokenreel.eval.parse;

import java.io.Serializable;
import java.util.List;

/**
 * A benchmark's way to find the chosen option in a response, as a version of lmms-eval has it.
 * Thread-safe and serializable.
 */
@FunctionalInterface
public interface AnswerParser extends Serializable {

  /**
   * Finds the choice.
   *
   * @param response what the model said
   * @param options the question's options as its annotation has them, without or with their letters
   */
  ParsedAnswer parse(String response, List<String> options);
}

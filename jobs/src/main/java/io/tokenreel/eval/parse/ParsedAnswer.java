package io.tokenreel.eval.parse;

/**
 * What a response says.
 *
 * @param choice a letter from A on, or where the upstream parser gives no letter, its text; empty
 *     where there is none
 */
public record ParsedAnswer(String choice, Reading reading) {

  /** How a choice was got. */
  public enum Reading {
    /** The response says it. */
    READ,
    /** The response says none; upstream counts it as wrong. */
    UNREAD,
    /** The response says none; upstream draws one at random, which this project never does. */
    GUESSED
  }

  static final ParsedAnswer UNREAD = new ParsedAnswer("", Reading.UNREAD);
  static final ParsedAnswer GUESSED = new ParsedAnswer("", Reading.GUESSED);

  static ParsedAnswer read(String choice) {
    return new ParsedAnswer(choice, Reading.READ);
  }
}

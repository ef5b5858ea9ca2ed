package io.tokenreel.model;

/** One video cannot be encoded, though the tower can encode others. */
public class EncodingException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /**
   * @param message one line for a person
   */
  public EncodingException(String message) {
    super(message);
  }

  /** An engine's failure on this video's frames. */
  public EncodingException(RuntimeException cause) {
    super(cause.toString(), cause);
  }
}

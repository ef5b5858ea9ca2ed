package io.tokenreel.model;

/** A model computed a NaN or an infinity: no answer, and another try would give the same. */
public final class NotFiniteException extends IllegalStateException {

  private static final long serialVersionUID = 1;

  public NotFiniteException(String message) {
    super(message);
  }
}

package io.tokenreel.files;

/** A path that cannot be used as it is written; the message says why and what to do. */
public final class UnusablePathException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  UnusablePathException(String message, Throwable cause) {
    super(message, cause);
  }
}

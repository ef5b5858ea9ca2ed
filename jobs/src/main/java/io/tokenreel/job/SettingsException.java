package io.tokenreel.job;

/** A setting or an input that cannot be used. Nothing was started; the exit status is 2. */
public final class SettingsException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** A setting that is wrong: the message says what was expected, what came, and how to mend it. */
  public SettingsException(String message) {
    super(message);
  }
}

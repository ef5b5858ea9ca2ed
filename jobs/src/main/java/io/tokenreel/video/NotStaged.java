package io.tokenreel.video;

/** A video that could not be read from where it lies: its own failure, not this machine's. */
final class NotStaged extends Exception {

  private static final long serialVersionUID = 1;

  private final Reason reason;
  private final long bytes;

  /**
   * @param bytes read before that
   */
  NotStaged(Reason reason, long bytes, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.bytes = bytes;
  }

  Reason reason() {
    return reason;
  }

  long bytes() {
    return bytes;
  }
}

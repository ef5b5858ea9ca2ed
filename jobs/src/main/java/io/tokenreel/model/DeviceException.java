package io.tokenreel.model;

/**
 * A device or its engine that nothing can be computed with, which is no video's fault. The message
 * is one line that says why and how to mend it. It is all there is to say: there is no stack trace,
 * since a task's failure is printed several times on its way to the user.
 */
public final class DeviceException extends IllegalStateException {

  private static final long serialVersionUID = 1;

  public DeviceException(String message) {
    super(message);
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}

package io.tokenreel.model;

/**
 * A video that a model's device has no room for beside the weights: its question has no answer, but
 * those about shorter videos have. The message is one line that says what did not fit and how to
 * avoid it.
 */
public final class OutOfDeviceMemoryException extends IllegalStateException {

  private static final long serialVersionUID = 1;

  public OutOfDeviceMemoryException(String message) {
    super(message);
  }
}

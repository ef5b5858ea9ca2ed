package io.tokenreel.input;

import java.io.IOException;

/** A text that is not of its format; the message says where and why, without the file's name. */
final class MalformedRecordException extends IOException {

  private static final long serialVersionUID = 1;

  MalformedRecordException(String message) {
    super(message);
  }

  MalformedRecordException(String message, Throwable cause) {
    super(message, cause);
  }
}

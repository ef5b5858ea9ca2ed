package io.tokenreel.video;

import java.io.IOException;

/** A decoder said something that its protocol does not know, or that is not read on. */
class ProtocolException extends IOException {

  private static final long serialVersionUID = 1;

  ProtocolException(String message) {
    super(message);
  }
}

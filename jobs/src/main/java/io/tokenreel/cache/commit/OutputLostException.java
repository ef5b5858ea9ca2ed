package io.tokenreel.cache.commit;

import java.io.IOException;

/** The output is no more what its writer left there; the message says what to do. */
public final class OutputLostException extends IOException {

  private static final long serialVersionUID = 1;

  OutputLostException(String message) {
    super(message);
  }
}

package io.tokenreel.video.ffmpeg;

import io.tokenreel.video.Reason;

/** A video that gives no frames, for a reason that a row can hold. */
final class DecodeFailure extends Exception {

  private static final long serialVersionUID = 1;

  private final Reason reason;

  DecodeFailure(Reason reason, String detail) {
    super(detail);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}

package io.tokenreel.video;

/** The FFmpeg that {@link OwnFfmpeg} names cannot be loaded: no video's fault. */
public final class FfmpegException extends IllegalStateException {

  private static final long serialVersionUID = 1;

  FfmpegException(String message) {
    super(message);
  }
}

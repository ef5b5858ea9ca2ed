package io.tokenreel.video;

import java.util.Locale;

/**
 * The closed list of reasons for a DEGRADED or FAILED outcome, as the {@code outcomes} table prints
 * them.
 */
public enum Reason {
  UNREADABLE,
  NOT_A_VIDEO,
  NO_VIDEO_STREAM,
  FORMAT_NOT_ALLOWED,
  CODEC_NOT_ALLOWED,
  TRUNCATED,
  DECODE_ERROR,
  DECODER_CRASH,
  DECODER_MEMORY,
  TIMEOUT,
  TOO_LARGE,
  NO_FRAMES,
  TOO_MANY_TOKENS,
  ENCODER_ERROR,
  COMPRESSION_ERROR;

  /** Lower case, as in the table. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

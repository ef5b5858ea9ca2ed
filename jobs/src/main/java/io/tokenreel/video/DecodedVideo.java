package io.tokenreel.video;

import java.util.Objects;

/**
 * What decoding one video gave: a report always, frames unless it FAILED.
 *
 * @param outcome OK, DEGRADED or FAILED
 * @param reason null exactly when OK
 * @param detail one line for a person, null when OK
 * @param contentSha256 lower-case hex of the file's bytes, null when the file could not be read to
 *     its end
 * @param inputBytes bytes read from the file
 * @param framesDecoded frames that came out of the decoder, wanted or not
 * @param decodeErrors errors that the demuxer and the decoder reported
 * @param decodeMillis wall time from staging to the last frame
 * @param attempts decoders that were tried, 2 at most
 * @param frames null exactly when FAILED
 */
public record DecodedVideo(
    Outcome outcome,
    Reason reason,
    String detail,
    String contentSha256,
    long inputBytes,
    long framesDecoded,
    long decodeErrors,
    long decodeMillis,
    int attempts,
    Frames frames) {

  public DecodedVideo {
    Objects.requireNonNull(outcome, "outcome");
    if ((outcome == Outcome.OK) != (reason == null)) {
      throw new IllegalArgumentException(
          "a reason belongs to every outcome but OK; got " + outcome + " with " + reason);
    }
    if ((outcome == Outcome.FAILED) != (frames == null)) {
      throw new IllegalArgumentException(
          "frames belong to every outcome but FAILED; got " + outcome);
    }
  }
}

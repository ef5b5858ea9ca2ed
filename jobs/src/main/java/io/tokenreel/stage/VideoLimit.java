package io.tokenreel.stage;

import io.tokenreel.token.TokenFormat;
import io.tokenreel.token.TokenShape;
import io.tokenreel.video.Frames;
import java.io.Serializable;
import java.util.Optional;

/**
 * How large a video may be, checked when its tokens' shape is known and before they are computed.
 *
 * @param tokens most tokens of a video before compression; {@link #NONE} for any number
 */
public record VideoLimit(int tokens) implements Serializable {

  /** No limit but what a row holds. */
  static final int NONE = 0;

  /** The longest array that Spark allocates; it leaves room for the JVM's header. */
  public static final long ROW_BYTES = Integer.MAX_VALUE - 15L;

  /** Why a video is too large, in a line for a person; empty where it is not. */
  Optional<String> refusal(Frames frames, TokenShape shape, TokenFormat format) {
    String what =
        "%d frames of %s pixels are %d tokens"
            .formatted(frames.count(), frames.size(), shape.tokens());
    if (tokens != NONE && shape.tokens() > tokens) {
      return Optional.of(
          "%s, and the limit is %d: sample fewer frames, fit them to fewer pixels, or raise the limit (--max-video-tokens)"
              .formatted(what, tokens));
    }
    long bytes = frames.rgb().length + format.bytes(shape);
    return bytes <= ROW_BYTES
        ? Optional.empty()
        : Optional.of(
            "%s, which take %d bytes with their frames, and a row holds %d: sample fewer frames, or fit them to fewer pixels"
                .formatted(what, bytes, ROW_BYTES));
  }
}

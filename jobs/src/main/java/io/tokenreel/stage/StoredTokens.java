package io.tokenreel.stage;

import io.tokenreel.model.VisionInfo;
import io.tokenreel.token.TokenFormat;

/** A video's tokens in the dtype that they are handed on in. */
final class StoredTokens {

  private StoredTokens() {}

  /**
   * Says which value is not finite, or is no more once it is stored.
   *
   * @param tokens {@code [frames][tokensPerFrame][dim]}
   * @param stored the same in {@code format}
   * @return one line for a person, null when all is well
   */
  static String firstNotFinite(float[] tokens, byte[] stored, TokenFormat format, VisionInfo info) {
    float[] token = new float[info.dim()];
    for (int start = 0; start < tokens.length; start += token.length) {
      format.decode(stored, format.bytes(start), token, 0, token.length);
      for (int i = 0; i < token.length; i++) {
        if (!Float.isFinite(token[i])) {
          return describe(tokens[start + i], start / token.length, format, info);
        }
      }
    }
    return null;
  }

  private static String describe(float value, int token, TokenFormat format, VisionInfo info) {
    String place =
        "frame %d, token %d is %s"
            .formatted(token / info.tokensPerFrame(), token % info.tokensPerFrame(), value);
    return Float.isFinite(value)
        ? "the encoder gave a value that %s cannot hold: %s; store the tokens as %s"
            .formatted(format.label(), place, format == TokenFormat.F16 ? "bf16 or f32" : "f32")
        : "the encoder gave a value that is not finite: " + place;
  }
}

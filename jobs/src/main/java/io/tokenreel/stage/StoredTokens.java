package io.tokenreel.stage;

import io.tokenreel.model.VisionInfo;
import io.tokenreel.token.TokenCodec;
import io.tokenreel.token.TokenDtype;

/** A video's tokens in the dtype that they are handed on in. */
final class StoredTokens {

  private StoredTokens() {}

  /**
   * Says which value is not finite, or is no more once it is stored.
   *
   * @param tokens {@code [frames][tokensPerFrame][dim]}
   * @param stored the same in {@code dtype}
   * @return one line for a person, null when all is well
   */
  static String firstNotFinite(float[] tokens, byte[] stored, TokenDtype dtype, VisionInfo info) {
    float[] token = new float[info.dim()];
    for (int start = 0; start < tokens.length; start += token.length) {
      TokenCodec.decode(stored, start * dtype.bytes(), dtype, token, 0, token.length);
      for (int i = 0; i < token.length; i++) {
        if (!Float.isFinite(token[i])) {
          return describe(tokens[start + i], start / token.length, dtype, info);
        }
      }
    }
    return null;
  }

  private static String describe(float value, int token, TokenDtype dtype, VisionInfo info) {
    String place =
        "frame %d, token %d is %s"
            .formatted(token / info.tokensPerFrame(), token % info.tokensPerFrame(), value);
    return Float.isFinite(value)
        ? "the encoder gave a value that %s cannot hold: %s; store the tokens as %s"
            .formatted(dtype.label(), place, dtype == TokenDtype.F16 ? "bf16 or f32" : "f32")
        : "the encoder gave a value that is not finite: " + place;
  }
}

package io.tokenreel.video;

import java.io.DataInputStream;
import java.io.IOException;

/**
 * A decoder process's whole answer, checked.
 *
 * @param frames null exactly when FAILED
 */
record DecodeAnswer(DecodeVerdict verdict, Frames frames) {

  /**
   * Reads an answer as {@link DecoderProtocol} gives it.
   *
   * @throws IOException if the stream ends within it or it has another form
   */
  static DecodeAnswer read(DataInputStream in, DecodeRequest request) throws IOException {
    AnsweredFrames frames = AnsweredFrames.none();
    while (true) {
      int kind = in.readUnsignedByte();
      if (kind == DecoderProtocol.PLAN) {
        frames = AnsweredFrames.none(); // those of an earlier plan make room for these
        frames = AnsweredFrames.readPlan(in, request);
      } else if (kind == DecoderProtocol.FRAME) {
        frames.readFrame(in);
      } else if (kind == DecoderProtocol.DONE) {
        DecodeVerdict verdict = DecodeVerdict.read(in);
        return new DecodeAnswer(
            verdict, verdict.outcome() == Outcome.FAILED ? null : frames.finish());
      } else {
        throw new ProtocolException("unknown message " + kind);
      }
    }
  }
}

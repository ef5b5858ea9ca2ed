package io.tokenreel.video;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * How a decoder process ends its answer.
 *
 * @param reason null exactly when OK
 * @param detail null exactly when OK
 */
public record DecodeVerdict(
    Outcome outcome, Reason reason, String detail, long framesDecoded, long decodeErrors) {

  /** A string on the wire holds at most 65535 bytes; a character takes at most three. */
  private static final int MAX_DETAIL = 2000;

  public DecodeVerdict {
    if ((outcome == Outcome.OK) != (reason == null)
        || (outcome == Outcome.OK) != (detail == null)) {
      throw new IllegalArgumentException(
          "reason and detail belong to every outcome but OK; got %s, %s, %s"
              .formatted(outcome, reason, detail));
    }
  }

  /** A verdict without frames. */
  public static DecodeVerdict failed(Reason reason, String detail) {
    return new DecodeVerdict(Outcome.FAILED, reason, detail, 0, 0);
  }

  /** Ends an answer. */
  public void write(DataOutputStream out) throws IOException {
    out.writeByte(DecoderProtocol.DONE);
    out.writeByte(outcome.ordinal());
    out.writeByte(reason == null ? 0 : reason.ordinal() + 1);
    String text = detail == null ? "" : detail;
    out.writeUTF(text.substring(0, Math.min(text.length(), MAX_DETAIL)));
    out.writeLong(framesDecoded);
    out.writeLong(decodeErrors);
    out.flush();
  }

  /** What follows the byte {@link DecoderProtocol#DONE}. */
  static DecodeVerdict read(DataInputStream in) throws IOException {
    int outcome = in.readUnsignedByte();
    int reason = in.readUnsignedByte();
    String detail = in.readUTF();
    long frames = in.readLong();
    long errors = in.readLong();
    if (outcome >= Outcome.values().length
        || reason > Reason.values().length
        || (outcome == Outcome.OK.ordinal()) != (reason == 0)) {
      throw new ProtocolException("unknown outcome %d with reason %d".formatted(outcome, reason));
    }
    return new DecodeVerdict(
        Outcome.values()[outcome],
        reason == 0 ? null : Reason.values()[reason - 1],
        reason == 0 ? null : detail,
        frames,
        errors);
  }
}

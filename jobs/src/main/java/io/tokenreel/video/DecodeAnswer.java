package io.tokenreel.video;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.Arrays;

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
    FrameSize size = null;
    int frameBytes = 0;
    byte[] rgb = new byte[0];
    long[] ptsMicros = new long[0];
    boolean[] filled = new boolean[0];
    while (true) {
      int kind = in.readUnsignedByte();
      if (kind == DecoderProtocol.PLAN) {
        int count = in.readInt();
        require(count >= 0 && count <= request.sampling().sampler().maxFrames(), "frames", count);
        size = size(in, request, count);
        frameBytes = size.rgbBytes();
        rgb = new byte[Math.multiplyExact(count, frameBytes)];
        ptsMicros = new long[count];
        filled = new boolean[count];
      } else if (kind == DecoderProtocol.FRAME) {
        int first = in.readInt();
        int slots = in.readInt();
        require(first >= 0 && first < filled.length, "slot", first);
        require(slots >= 1 && slots <= filled.length - first, "slots", slots);
        Arrays.fill(ptsMicros, first, first + slots, in.readLong());
        Arrays.fill(filled, first, first + slots, true);
        in.readFully(rgb, first * frameBytes, frameBytes);
        for (int slot = first + 1; slot < first + slots; slot++) {
          System.arraycopy(rgb, first * frameBytes, rgb, slot * frameBytes, frameBytes);
        }
      } else if (kind == DecoderProtocol.DONE) {
        return finish(DecodeVerdict.read(in), size, rgb, ptsMicros, filled);
      } else {
        throw new ProtocolException("unknown message " + kind);
      }
    }
  }

  /** The size that the decoder chose, if the fit may have given it. */
  private static FrameSize size(DataInputStream in, DecodeRequest request, int frames)
      throws IOException {
    int height = in.readInt();
    int width = in.readInt();
    require(height >= 1, "height", height);
    require(width >= 1, "width", width);
    long pixels = (long) height * width;
    boolean fits =
        pixels <= request.fit().mostPixels(frames)
            && 3 * pixels * frames <= DecoderSettings.MAX_ARRAY;
    require(fits, "a height that does not fit, " + width + " wide and", height);
    return new FrameSize(height, width);
  }

  private static DecodeAnswer finish(
      DecodeVerdict verdict, FrameSize size, byte[] rgb, long[] ptsMicros, boolean[] filled)
      throws ProtocolException {
    if (verdict.outcome() == Outcome.FAILED) {
      return new DecodeAnswer(verdict, null);
    }
    for (int slot = 0; slot < filled.length; slot++) {
      require(filled[slot], "frames without slot", slot);
      require(slot == 0 || ptsMicros[slot] >= ptsMicros[slot - 1], "descending slot", slot);
    }
    require(filled.length > 0, "frames", 0);
    return new DecodeAnswer(verdict, new Frames(size, rgb, ptsMicros));
  }

  private static void require(boolean holds, String what, int value) throws ProtocolException {
    if (!holds) {
      throw new ProtocolException("the decoder said %s %d".formatted(what, value));
    }
  }
}

package io.tokenreel.video;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.Arrays;

/** The frames that a decoder process has planned and sent, checked as they come. */
final class AnsweredFrames {

  /** Of the heap, for one video's frames. */
  private static final double MOST_OF_HEAP = 0.75;

  private final FrameSize size;
  private final SourceInfo source;
  private final int frameBytes;
  private final byte[] rgb; // [slots][height][width][3]
  private final long[] ptsMicros; // [slots]
  private final int[] frameIndex; // [slots]
  private final boolean[] filled; // [slots]

  private AnsweredFrames(int slots, FrameSize size, SourceInfo source) throws NoHeapException {
    this.size = size;
    this.source = source;
    this.frameBytes = slots == 0 ? 0 : size.rgbBytes();
    this.rgb = pixels(Math.multiplyExact(slots, frameBytes), Runtime.getRuntime().maxMemory());
    this.ptsMicros = new long[slots];
    this.frameIndex = new int[slots];
    this.filled = new boolean[slots];
  }

  /**
   * One large array. Where there is no room for it nothing else has been touched; what is sure not
   * to fit is not tried, since clusters end a process at its first such error.
   */
  static byte[] pixels(int bytes, long heapBytes) throws NoHeapException {
    if (bytes > MOST_OF_HEAP * heapBytes) {
      throw new NoHeapException(bytes, heapBytes, true);
    }
    try {
      return new byte[bytes];
    } catch (OutOfMemoryError e) {
      throw new NoHeapException(bytes, heapBytes, false);
    }
  }

  /** What there is before a plan. */
  static AnsweredFrames none() throws NoHeapException {
    return new AnsweredFrames(0, null, null);
  }

  /**
   * Reads what follows the byte {@link DecoderProtocol#PLAN}.
   *
   * @throws NoHeapException if there is no room for its frames
   */
  static AnsweredFrames readPlan(DataInputStream in, DecodeRequest request) throws IOException {
    int slots = in.readInt();
    require(slots >= 0 && slots <= request.sampling().sampler().maxFrames(), "frames", slots);
    FrameSize size = size(in, request, slots);
    int frames = in.readInt();
    double rate = in.readDouble();
    require(frames >= 1, "source frames", frames);
    require(SourceInfo.isRate(rate), "source rate", rate);
    return new AnsweredFrames(slots, size, new SourceInfo(frames, rate));
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

  /** Reads what follows the byte {@link DecoderProtocol#FRAME}. */
  void readFrame(DataInputStream in) throws IOException {
    int first = in.readInt();
    int slots = in.readInt();
    require(first >= 0 && first < filled.length, "slot", first);
    require(slots >= 1 && slots <= filled.length - first, "slots", slots);
    int index = in.readInt();
    require(index >= 0 && index < source.frames(), "index", index);
    Arrays.fill(frameIndex, first, first + slots, index);
    Arrays.fill(ptsMicros, first, first + slots, in.readLong());
    Arrays.fill(filled, first, first + slots, true);
    in.readFully(rgb, first * frameBytes, frameBytes);
    for (int slot = first + 1; slot < first + slots; slot++) {
      System.arraycopy(rgb, first * frameBytes, rgb, slot * frameBytes, frameBytes);
    }
  }

  /**
   * All frames.
   *
   * @throws ProtocolException if one is missing or they are out of order
   */
  Frames finish() throws ProtocolException {
    for (int slot = 0; slot < filled.length; slot++) {
      require(filled[slot], "frames without slot", slot);
      boolean ascends =
          slot == 0
              || (ptsMicros[slot] >= ptsMicros[slot - 1]
                  && frameIndex[slot] >= frameIndex[slot - 1]);
      require(ascends, "descending slot", slot);
    }
    require(filled.length > 0, "frames", 0);
    return new Frames(size, rgb, ptsMicros, frameIndex, source);
  }

  private static void require(boolean holds, String what, Number value) throws ProtocolException {
    if (!holds) {
      throw new ProtocolException("the decoder said %s %s".formatted(what, value));
    }
  }
}

package io.tokenreel.video;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What a decoder process and its owner say to each other, version {@value #VERSION}. Big-endian, as
 * {@link DataOutputStream} writes it.
 *
 * <pre>
 * decoder, once at its start   int {@value #MAGIC}, int version
 * owner, once per video        byte 1, then the fields of {@link DecodeRequest} in their order
 * decoder, in answer           any number of
 *                                byte {@value #PLAN}   int frames, int height, int width, int frames of the source, double
 *                                         frames per second of the source: forget what came, so many follow
 *                                byte {@value #FRAME}  int first slot, int slots that hold this frame, int which of the
 *                                         source's frames it is, long time in microseconds, then height x
 *                                         width x 3 bytes
 *                              and one
 *                                byte {@value #DONE}   byte outcome, byte reason + 1 or 0, string detail, long frames
 *                                         decoded, long errors
 * </pre>
 *
 * <p>Frames come in any order. The owner closes the decoder's input to end it, in mid-video too.
 * Nothing that the decoder says is trusted: an answer of another form is a crash of the decoder.
 */
public final class DecoderProtocol {

  /** The child's file descriptor for answers. */
  public static final int ANSWERS = 3;

  /** "TRvd". */
  public static final int MAGIC = 0x54527664;

  public static final int VERSION = 3;
  public static final int REQUEST = 1;
  public static final int PLAN = 2;
  public static final int FRAME = 3;
  public static final int DONE = 4;

  private DecoderProtocol() {}

  /** Says that the decoder is ready. */
  public static void writeHello(DataOutputStream out) throws IOException {
    out.writeInt(MAGIC);
    out.writeInt(VERSION);
    out.flush();
  }

  static void readHello(DataInputStream in) throws IOException {
    int magic = in.readInt();
    int version = in.readInt();
    if (magic != MAGIC || version != VERSION) {
      throw new ProtocolException(
          "expected a decoder of version %d; got magic %08x, version %d"
              .formatted(VERSION, magic, version));
    }
  }
}

package io.tokenreel.video;

import static io.tokenreel.video.ContainerBytes.box;
import static io.tokenreel.video.ContainerBytes.ints;
import static io.tokenreel.video.ContainerBytes.join;
import static io.tokenreel.video.ContainerBytes.shorts;
import static io.tokenreel.video.ContainerBytes.text;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** MP4 files whose tables may say anything of the one frame that they hold. */
final class Mp4Bytes {

  /** Where the frame lies in {@link #file}. */
  static final int FRAME_PLACE = 28;

  private Mp4Bytes() {}

  static byte[] file(byte[] frame, byte[]... tracks) {
    byte[] head = box("ftyp", text("isom"), ints(0), text("isom"));
    byte[] movieHeader = box("mvhd", ints(0, 0, 0, 1000, 1000), new byte[80]);
    return join(head, box("mdat", frame), box("moov", movieHeader, join(tracks)));
  }

  /**
   * A video track.
   *
   * @param codec four characters, of the sample entry
   * @param tables of samples
   */
  static byte[] track(String codec, int width, int height, byte[]... tables) {
    byte[] entry =
        box(
            codec,
            new byte[6],
            shorts(1),
            new byte[16],
            shorts(width, height),
            ints(0x480000, 0x480000, 0),
            shorts(1),
            new byte[32],
            shorts(24, -1));
    byte[] samples = box("stbl", box("stsd", ints(0, 1), entry), join(tables));
    byte[] media =
        box(
            "mdia",
            box("mdhd", ints(0, 0, 0, 1000, 1000, 0)),
            box("hdlr", ints(0, 0), text("vide"), ints(0, 0, 0), new byte[1]),
            box("minf", box("vmhd", ints(1, 0, 0)), samples));
    return box("trak", box("tkhd", ints(3, 0, 0, 1, 0, 1000), new byte[60]), media);
  }

  /** Tables by which the file's frame is there so many times, 40 ms apart. */
  static byte[] samples(byte[] frame, int count) {
    int[] places = new int[count];
    Arrays.fill(places, FRAME_PLACE);
    return join(
        times(count, 40),
        sizes(frame.length, count),
        perChunk(1),
        box("stco", ints(0, count), ints(places)));
  }

  static byte[] times(int count, int milliseconds) {
    return box("stts", ints(0, 1, count, milliseconds));
  }

  static byte[] sizes(int each, int count) {
    return box("stsz", ints(0, each, count));
  }

  static byte[] perChunk(int samples) {
    return box("stsc", ints(0, 1, 1, samples, 1));
  }

  static byte[] oneChunk() {
    return box("stco", ints(0, 1, FRAME_PLACE));
  }

  /** Boxes in boxes. */
  static byte[] nested(String type, int depth) {
    ByteArrayOutputStream heads = new ByteArrayOutputStream();
    heads.writeBytes(box("ftyp", text("isom"), ints(0)));
    for (int i = depth; i > 0; i--) {
      heads.writeBytes(join(ints(8 * i), text(type)));
    }
    return heads.toByteArray();
  }

  /** A compressed movie header, as QuickTime knows it, that says that it is {@code bytes} long. */
  static byte[] compressedMovie(int bytes, byte[] packed) {
    return join(
        box("ftyp", text("qt  "), ints(0), text("qt  ")),
        box("moov", box("cmov", box("dcom", text("zlib")), box("cmvd", ints(bytes), packed))));
  }
}

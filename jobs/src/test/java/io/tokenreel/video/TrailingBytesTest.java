package io.tokenreel.video;

import static io.tokenreel.video.ContainerBytes.join;
import static io.tokenreel.video.ContainerBytes.text;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.video.TestClips.Encoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands after a video is no part of it, and lengths that are off by a little cut nothing. */
class TrailingBytesTest {

  private static final FrameSize SIZE = new FrameSize(64, 96);
  private static final int FRAMES = 20;

  private static VideoDecoder decoder;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    decoder = VideoTests.decoder("uniform:frames=3", VideoTests.SMALL, DecodeCheck.FULL);
  }

  @AfterAll
  static void end() {
    decoder.close();
  }

  private DecodedVideo decode(byte[] bytes) throws IOException {
    return decoder.decode(VideoTests.ref(Files.write(folder.resolve("video"), bytes)));
  }

  private static byte[] clip(String name) throws IOException {
    return Files.readAllBytes(TestClips.clip(name));
  }

  private byte[] avi() throws IOException {
    return Files.readAllBytes(
        new Encoding("video.avi", "mpeg4", 9, Map.of(), new int[] {1}).write(folder, SIZE, FRAMES));
  }

  private byte[] flv() throws IOException {
    return Files.readAllBytes(
        new Encoding("video.flv", "flv", 9, Map.of(), new int[] {1}).write(folder, SIZE, FRAMES));
  }

  static Stream<Arguments> tails() {
    byte[] id3 = join(text("TAG" + "Title of it, in words".repeat(2)), new byte[83]);
    byte[] junk = new byte[3000];
    new Random(3).nextBytes(junk);
    ByteBuffer ape = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    ape.put(text("APETAGEX")).putInt(2000).putInt(32);
    byte[] free = ByteBuffer.allocate(40).putInt(5000).put(text("free")).array();
    return Stream.of(
        Arguments.of("an ID3 tag", id3),
        Arguments.of("an APE tag", ape.array()),
        Arguments.of("zeros", new byte[4096]),
        Arguments.of("noise", junk),
        Arguments.of("a text", text("<html><body>the rest of a page</body></html>")),
        Arguments.of("a padding box that is cut", free),
        Arguments.of("half a box's head", Arrays.copyOf(free, 6)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tails")
  void decode_bytesAfterTheVideo_areNoPartOfIt(String what, byte[] tail) throws IOException {
    for (byte[] video :
        new byte[][] {
          clip("h264_closed_gop.mp4"),
          clip("h264_variable_rate.mkv"),
          clip("h264_open_gop.ts"),
          avi(),
          flv()
        }) {
      DecodedVideo decoded = decode(join(video, tail));
      assertEquals(Outcome.OK, decoded.outcome(), decoded.detail());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mdat", "moov"})
  void decode_neededBoxThatIsCut_isTruncated(String box) throws IOException {
    byte[] whole = clip("h264_closed_gop.mp4");
    int at = new String(whole, ISO_8859_1).indexOf(box);
    int length = ByteBuffer.wrap(whole).getInt(at - 4);
    DecodedVideo decoded = decode(Arrays.copyOf(whole, at - 4 + length * 3 / 4));
    assertEquals(Reason.TRUNCATED, decoded.reason(), decoded.detail());
  }

  @Test
  void decode_indexWithoutItsFrames_isTruncated() throws IOException {
    byte[] whole = Mp4Surgery.indexFirst(clip("h264_closed_gop.mp4"));
    assertEquals(Outcome.OK, decode(whole).outcome());
    int media = find(whole, "mdat") - 4;
    for (int end : new int[] {media, media + 8, media + 16}) {
      DecodedVideo decoded = decode(Arrays.copyOf(whole, end));
      assertEquals(Reason.TRUNCATED, decoded.reason(), end + ": " + decoded.detail());
      assertEquals(Outcome.FAILED, decoded.outcome());
    }
    byte[] open = Arrays.copyOf(whole, whole.length - 100);
    ByteBuffer.wrap(open).putInt(media, 0); // to the end of the file
    DecodedVideo decoded = decode(open);
    assertEquals(Reason.TRUNCATED, decoded.reason(), decoded.detail());
    assertTrue(decoded.detail().contains("its index has frames up to byte"), decoded.detail());
  }

  @Test
  void decode_flashCutOrDamaged_isNotOk() throws IOException {
    byte[] whole = flv();
    DecodedVideo decoded = decode(Arrays.copyOf(whole, whole.length - 4));
    assertEquals(Outcome.OK, decoded.outcome(), "only the last tag's length is gone");
    decoded = decode(Arrays.copyOf(whole, whole.length - 5));
    assertEquals(Reason.TRUNCATED, decoded.reason(), decoded.detail());
    byte[] zeroed = whole.clone();
    Arrays.fill(zeroed, whole.length / 2, whole.length / 2 + 600, (byte) 0);
    assertNotEquals(Outcome.OK, decode(join(zeroed, new byte[500])).outcome());
  }

  @Test
  void decode_cutTailAfterACutVideo_isTruncated() throws IOException {
    byte[] whole = clip("h264_closed_gop.mp4");
    DecodedVideo decoded = decode(Arrays.copyOf(whole, whole.length - 20));
    assertNotEquals(Outcome.OK, decoded.outcome());
    assertEquals(Reason.TRUNCATED, decoded.reason(), decoded.detail());
  }

  /**
   * A writer may count the padding and leave it out, count a header twice, or write no length; a
   * file may lack the index, or have one with other counts.
   */
  @Test
  void decode_aviWithLengthsThatAreOff_isOk() throws IOException {
    byte[] whole = avi();
    int list = find(whole, "movi") - 8;
    int end = list + 8 + length(whole, list);
    byte[] frames = Arrays.copyOf(whole, end);
    for (int more : new int[] {1, 8, 12}) {
      byte[] off = frames.clone();
      setLength(off, list, length(frames, list) + more);
      setLength(off, 0, off.length - 8 + more);
      assertOk(more + " too many", off);
    }
    byte[] riff = whole.clone();
    setLength(riff, 0, riff.length);
    assertOk("the file's length in place of the rest's", riff);
    byte[] none = frames.clone();
    setLength(none, list, 0);
    setLength(none, 0, 0);
    assertOk("no lengths", none);
    byte[] counted = whole.clone();
    setLength(counted, find(counted, "avih") + 20, 7); // dwTotalFrames
    assertOk("another number of frames", counted);
    byte[] half = whole.clone();
    int index = find(half, "idx1");
    setLength(half, index, length(half, index) / 2);
    assertOk("half an index", half);
    byte[] longer = whole.clone();
    setLength(longer, index, length(longer, index) + 160);
    assertOk("an index that is longer than the file", longer);
  }

  /** As a file above a gigabyte has them; some writers count a header, or leave room. */
  @Test
  void decode_aviOfTwoRiffs_hasTheFramesOfBoth() throws IOException {
    byte[] first = avi();
    int list = find(first, "movi") - 8;
    byte[] frames = Arrays.copyOfRange(first, list, list + 8 + length(first, list));
    byte[] second = join("RIFF....AVIX".getBytes(ISO_8859_1), frames);
    setLength(second, 0, second.length - 8);
    byte[] room = join("JUNK....".getBytes(ISO_8859_1), new byte[100]);
    setLength(room, 0, 100);
    for (int more : new int[] {0, 8}) {
      byte[] off = first.clone();
      setLength(off, 0, length(off, 0) + more);
      for (byte[] between : new byte[][] {{}, room}) {
        DecodedVideo decoded = decode(join(join(off, between), second));
        String what = more + " too many, " + between.length + " between";
        assertEquals(Outcome.OK, decoded.outcome(), what + ": " + decoded.detail());
        assertEquals(2 * FRAMES, decoded.framesDecoded(), what);
      }
    }
  }

  @Test
  void decode_aviWithoutItsLastFrames_isTruncated() throws IOException {
    byte[] whole = avi();
    int list = find(whole, "movi") - 8;
    int end = list + 8 + length(whole, list);
    for (int less : new int[] {5, 100, 1500}) {
      DecodedVideo decoded = decode(Arrays.copyOf(whole, end - less));
      assertEquals(Reason.TRUNCATED, decoded.reason(), less + " less: " + decoded.detail());
    }
  }

  private void assertOk(String what, byte[] avi) throws IOException {
    DecodedVideo decoded = decode(avi);
    assertEquals(Outcome.OK, decoded.outcome(), what + ": " + decoded.detail());
    assertEquals(FRAMES, decoded.framesDecoded(), what);
  }

  private static int find(byte[] bytes, String name) {
    return new String(bytes, ISO_8859_1).indexOf(name);
  }

  private static int length(byte[] bytes, int chunk) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(chunk + 4);
  }

  private static void setLength(byte[] bytes, int chunk, int length) {
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(chunk + 4, length);
  }
}

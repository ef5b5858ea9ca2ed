package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the owner makes of a decoder's answers, byte by byte. */
class DecodeAnswerTest {

  private static final FrameSize SIZE = new FrameSize(1, 1);
  private static final DecodeRequest REQUEST =
      DecodeRequest.of("video", VideoTests.settings("uniform:frames=3", SIZE, DecodeCheck.SAMPLED));

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);

  private void plan(int slots, int sourceFrames, double sourceRate) throws IOException {
    out.writeByte(DecoderProtocol.PLAN);
    out.writeInt(slots);
    out.writeInt(SIZE.height());
    out.writeInt(SIZE.width());
    out.writeInt(sourceFrames);
    out.writeDouble(sourceRate);
  }

  private void frame(int first, int slots, int index, long ptsMicros) throws IOException {
    out.writeByte(DecoderProtocol.FRAME);
    out.writeInt(first);
    out.writeInt(slots);
    out.writeInt(index);
    out.writeLong(ptsMicros);
    out.write(new byte[] {(byte) index, 0, 0});
  }

  private DecodeAnswer read() throws IOException {
    new DecodeVerdict(Outcome.OK, null, null, 1, 0).write(out);
    return DecodeAnswer.read(stream(), REQUEST);
  }

  private DataInputStream stream() {
    return new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
  }

  private void assertRefused(String expected) {
    String message = assertThrows(ProtocolException.class, this::read).getMessage();
    assertTrue(message.contains(expected), message);
  }

  /** The second plan voids the first. */
  @Test
  void read_framesInAnyOrder_givesThemWithTheirSource() throws IOException {
    plan(1, 1, 25);
    frame(0, 1, 0, 0);
    plan(3, 8, 29.97);
    frame(2, 1, 7, 70);
    frame(0, 2, 5, 50);
    Frames frames = read().frames();
    assertEquals(new SourceInfo(8, 29.97), frames.source());
    assertArrayEquals(new int[] {5, 5, 7}, frames.frameIndex());
    assertArrayEquals(new long[] {50, 50, 70}, frames.ptsMicros());
    assertArrayEquals(new byte[] {5, 0, 0, 5, 0, 0, 7, 0, 0}, frames.rgb());
  }

  @Test
  void read_sourceWithoutFrames_isRefused() throws IOException {
    plan(1, 0, 25);
    assertRefused("source frames 0");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -25, Double.NaN, Double.POSITIVE_INFINITY})
  void read_rateThatIsNone_isRefused(double rate) throws IOException {
    plan(1, 1, rate);
    assertRefused("source rate " + rate);
  }

  @ParameterizedTest
  @CsvSource({"-1", "8"})
  void read_indexOutsideTheSource_isRefused(int index) throws IOException {
    plan(1, 8, 25);
    frame(0, 1, index, 0);
    assertRefused("index " + index);
  }

  @Test
  void read_descendingIndices_areRefused() throws IOException {
    plan(2, 8, 25);
    frame(0, 1, 4, 40);
    frame(1, 1, 3, 40);
    assertRefused("descending slot 1");
  }

  @Test
  void read_frameBeforeAnyPlan_isRefused() throws IOException {
    frame(0, 1, 0, 0);
    assertRefused("slot 0");
  }

  @Test
  void read_moreFramesThanTheSamplerTakes_isRefused() throws IOException {
    plan(4, 8, 25);
    assertRefused("frames 4");
  }

  @Test
  void readHello_decoderOfAnotherVersion_isRefused() throws IOException {
    out.writeInt(DecoderProtocol.MAGIC);
    out.writeInt(2);
    String message =
        assertThrows(ProtocolException.class, () -> DecoderProtocol.readHello(stream()))
            .getMessage();
    assertTrue(message.contains("version 3; got magic 54527664, version 2"), message);
  }

  @Test
  void readPlan_framesThatTheHeapCannotHold_saysSoBeforeItTries() {
    NoHeapException refused =
        assertThrows(NoHeapException.class, () -> AnsweredFrames.pixels(1 << 30, 1 << 30));
    assertTrue(refused.getMessage().startsWith("its frames take 1024 MB, and the heap of 1024 MB"));
    assertTrue(refused.getMessage().contains("sample fewer frames"), refused.getMessage());
    assertEquals(Reason.TOO_LARGE, refused.reason());
    assertEquals(Reason.DECODER_MEMORY, new NoHeapException(1, 2, false).reason());
  }
}

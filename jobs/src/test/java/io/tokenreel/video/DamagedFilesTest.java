package io.tokenreel.video;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.video.TestClips.Encoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are no videos, no longer videos, or too much of one. */
class DamagedFilesTest {

  private static final FrameSize SIZE = new FrameSize(64, 96);
  private static final int GENERATED = 40;

  private static VideoDecoder decoder;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    decoder = VideoTests.decoder("uniform:frames=8", VideoTests.SMALL, DecodeCheck.SAMPLED);
  }

  @AfterAll
  static void end() {
    decoder.close();
  }

  private DecodedVideo decode(String name, byte[] bytes) throws IOException {
    return decoder.decode(VideoTests.ref(Files.write(folder.resolve(name), bytes)));
  }

  private static void assertFailed(Reason reason, DecodedVideo video) {
    assertEquals(reason, video.reason(), video.detail());
    assertEquals(Outcome.FAILED, video.outcome());
    assertEquals(1, video.attempts());
  }

  @Test
  void decode_textNamedMp4_isNotAVideo() throws IOException {
    assertFailed(
        Reason.NOT_A_VIDEO, decode("text.mp4", "hello, I am a text\n".repeat(99).getBytes(UTF_8)));
  }

  @Test
  void decode_emptyFile_isNotAVideo() throws IOException {
    assertFailed(Reason.NOT_A_VIDEO, decode("empty.mp4", new byte[0]));
  }

  @Test
  void decode_missingFile_isUnreadable() {
    DecodedVideo video = decoder.decode(new VideoRef("x", "/no/such/file.mp4", -1));
    assertFailed(Reason.UNREADABLE, video);
    assertNull(video.contentSha256());
  }

  @Test
  void decode_unknownFileSystem_isUnreadable() {
    assertFailed(Reason.UNREADABLE, decoder.decode(new VideoRef("x", "nosuch://host/v.mp4", -1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ffconcat version 1.0\nfile '%s'\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n%s\n#EXT-X-ENDLIST\n"
      })
  void decode_playlistNamedMp4_opensNoOtherFile(String playlist) throws IOException {
    Path other = TestClips.clip("h264_closed_gop.mp4");
    DecodedVideo video = decode("list.mp4", playlist.formatted(other).getBytes(UTF_8));
    assertEquals(Outcome.FAILED, video.outcome(), video.detail());
    assertTrue(
        video.reason() == Reason.FORMAT_NOT_ALLOWED || video.reason() == Reason.NOT_A_VIDEO,
        video.detail());
  }

  @Test
  void decode_forbiddenCodec_isNotAllowed() throws IOException {
    Path file = folder.resolve("forbidden.avi");
    FrameSize size = new FrameSize(16, 16);
    try (VideoWriter writer = new VideoWriter(file, "magicyuv", size, 25, 1, Map.of())) {
      writer.add(new byte[size.rgbBytes()], 0);
      writer.finish();
    }
    DecodedVideo video = decoder.decode(VideoTests.ref(file));
    assertFailed(Reason.CODEC_NOT_ALLOWED, video);
    assertTrue(video.detail().contains("convert it first"), video.detail());
  }

  @Test
  void decode_halfAnMp4WithItsIndexInFront_isDegradedAndTruncated() throws IOException {
    byte[] whole = Files.readAllBytes(VideoTests.VIDEOS.resolve("two_streams.mp4"));
    DecodedVideo video = decode("half.mp4", Arrays.copyOf(whole, whole.length / 2));
    if (video.outcome() == Outcome.FAILED) {
      assertFailed(Reason.TRUNCATED, video);
    } else {
      assertEquals(Reason.TRUNCATED, video.reason(), video.detail());
      assertEquals(Outcome.DEGRADED, video.outcome());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"h264_open_gop_one_ref.mkv", "hevc_closed_gop.mkv"})
  void decode_halfAMatroskaFile_isDegradedAndTruncated(String name) throws IOException {
    byte[] whole = Files.readAllBytes(TestClips.clip(name));
    DecodedVideo video = decode("half.mkv", Arrays.copyOf(whole, whole.length / 2));
    assertEquals(Outcome.DEGRADED, video.outcome(), video.detail());
    assertEquals(Reason.TRUNCATED, video.reason(), video.detail());
    assertEquals(8, video.frames().count());
  }

  @Test
  void decode_halfAnMp4WithItsIndexAtTheEnd_failsAsTruncated() throws IOException {
    byte[] whole = Files.readAllBytes(TestClips.clip("h264_closed_gop.mp4"));
    assertFailed(Reason.TRUNCATED, decode("half.mp4", Arrays.copyOf(whole, whole.length / 2)));
  }

  @Test
  void decode_damageThatNoSampleNeeds_isOkWhenSampledAndDegradedWhenCheckedInFull()
      throws IOException {
    Path clip = TestClips.clip("h264_closed_gop.mp4");
    byte[] bytes = Files.readAllBytes(clip);
    overwriteKeyPicture(bytes, 3);
    Path damaged = Files.write(folder.resolve("damaged.mp4"), bytes);
    String ends = "uniform:frames=2";
    try (VideoDecoder sampled = VideoTests.decoder(ends, VideoTests.SMALL, DecodeCheck.SAMPLED);
        VideoDecoder full = VideoTests.decoder(ends, VideoTests.SMALL, DecodeCheck.FULL)) {
      byte[] expected = sampled.decode(VideoTests.ref(clip)).frames().rgb();
      DecodedVideo unseen = sampled.decode(VideoTests.ref(damaged));
      assertEquals(Outcome.OK, unseen.outcome(), unseen.detail());
      assertEquals(0, unseen.decodeErrors());
      assertTrue(unseen.framesDecoded() < 12, unseen.framesDecoded() + " frames decoded");
      assertArrayEquals(expected, unseen.frames().rgb());
      DecodedVideo sound = full.decode(VideoTests.ref(clip));
      assertEquals(Outcome.OK, sound.outcome(), sound.detail());
      DecodedVideo seen = full.decode(VideoTests.ref(damaged));
      assertEquals(Outcome.DEGRADED, seen.outcome());
      assertEquals(Reason.DECODE_ERROR, seen.reason(), seen.detail());
      assertTrue(seen.decodeErrors() > 0, seen.detail());
      assertEquals(75, seen.framesDecoded());
      assertArrayEquals(expected, seen.frames().rgb());
    }
  }

  /**
   * Spoils the coded pixels of an IDR picture, and no length that says where a packet ends.
   *
   * @param mp4 whose media data are H.264 in units with four bytes of length, and nothing else
   */
  private static void overwriteKeyPicture(byte[] mp4, int number) {
    ByteBuffer file = ByteBuffer.wrap(mp4);
    int unit = new String(mp4, ISO_8859_1).indexOf("mdat") + 4;
    for (int keys = 0; ; unit += 4 + file.getInt(unit)) {
      boolean key = (mp4[unit + 4] & 0x1f) == 5;
      if (key && keys++ == number) {
        int afterTheHeader = unit + 20;
        Arrays.fill(mp4, afterTheHeader, unit + 4 + file.getInt(unit), (byte) 0xff);
        return;
      }
    }
  }

  /** What became of a file with 32 random bytes in some place, often enough to hit everything. */
  private void damage(byte[] whole, BiConsumer<Integer, DecodedVideo> check) throws IOException {
    try (VideoDecoder full =
        VideoTests.decoder("uniform:frames=40", VideoTests.SMALL, DecodeCheck.FULL)) {
      for (int seed = 0; seed < 60; seed++) {
        Random random = new Random(seed);
        byte[] damaged = whole.clone();
        int at = random.nextInt(whole.length - 64);
        for (int i = 0; i < 32; i++) {
          damaged[at + i] = (byte) random.nextInt();
        }
        Path file = Files.write(folder.resolve("damaged"), damaged);
        DecodedVideo video = full.decode(VideoTests.ref(file));
        assertEquals(1, video.attempts(), "seed " + seed + ": " + video.detail());
        check.accept(seed, video);
      }
    }
  }

  /** Not all damage shows: most changed bits of an entropy-coded picture decode to something. */
  @Tag("slow")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "openh264_short_gop.mp4",
        "openh264_uneven.mkv",
        "openh264_long_gop.ts",
        "mpeg2_b.ts",
        "mpeg4_b.avi"
      })
  void decode_randomDamage_neverCostsTheDecoderAndIsMostlyNoticed(String name) throws IOException {
    byte[] whole = Files.readAllBytes(generated(name));
    byte[] sound = decodeFully(whole).frames().rgb();
    AtomicInteger changed = new AtomicInteger();
    AtomicInteger noticed = new AtomicInteger();
    damage(
        whole,
        (seed, video) -> {
          boolean ok = video.outcome() == Outcome.OK;
          boolean same = ok && Arrays.equals(sound, video.frames().rgb());
          changed.addAndGet(same ? 0 : 1);
          noticed.addAndGet(ok ? 0 : 1);
        });
    assertTrue(noticed.get() * 2 >= changed.get(), noticed + " of " + changed + " were noticed");
  }

  /**
   * Matroska's demuxer says when it skips, and reads all of so short a file before the first packet
   * is asked for.
   */
  @Test
  void decode_randomDamageOfMatroska_isNeverOkWithAFrameLess() throws IOException {
    byte[] whole = Files.readAllBytes(generated("openh264_uneven.mkv"));
    damage(
        whole,
        (seed, video) ->
            assertTrue(
                video.outcome() != Outcome.OK || video.framesDecoded() == GENERATED,
                "seed " + seed + ": OK with " + video.framesDecoded() + " frames"));
  }

  /**
   * Two pictures become one packet without a word when the codes between them are damaged; the
   * decoder may drop none.
   */
  @Test
  void decode_randomDamageOfATransportStream_isNeverOkWithFramesThatTheDecoderDropped()
      throws IOException {
    Encoding shortGop = new Encoding("short.ts", "libopenh264", 5, Map.of(), new int[] {1});
    byte[] whole = Files.readAllBytes(shortGop.write(folder, SIZE, GENERATED));
    damage(
        whole,
        (seed, video) ->
            assertTrue(
                video.outcome() != Outcome.OK || video.framesDecoded() >= GENERATED - 1,
                "seed " + seed + ": OK with " + video.framesDecoded() + " frames"));
  }

  /** FFmpeg has a parser for VP8, which passes on no packet, and none for Motion JPEG. */
  @ParameterizedTest
  @CsvSource({"V_VP8, false", "V_VP8, true", "V_MJPEG, false"})
  void decode_matroskaBlockWithoutAByte_isALostFrame(String codec, boolean inGroup)
      throws IOException {
    FrameSize size = new FrameSize(16, 16);
    byte[] frame =
        codec.equals("V_VP8") ? CodedFrames.vp8(16, 16) : CodedFrames.jpeg(folder, 16, 16);
    byte[] tracks =
        MatroskaBytes.tracks(MatroskaBytes.track(1, codec, size.width(), size.height()));
    byte[] whole = MatroskaBytes.cluster(0, frame, 5);
    byte[] nothing = {(byte) 0x81, 0, 5, (byte) 0x80};
    byte[] block =
        inGroup
            ? ContainerBytes.element(0xA0, ContainerBytes.element(0xA1, nothing))
            : ContainerBytes.element(0xA3, nothing);
    byte[] empty = ContainerBytes.element(0x1F43B675, ContainerBytes.number(0xE7, 40), block);
    byte[] after = MatroskaBytes.cluster(80, frame, 5);
    byte[] info = MatroskaBytes.info(1_000_000);
    DecodedVideo video = decode("sound.mkv", MatroskaBytes.file(info, tracks, whole, after));
    assertEquals(Outcome.OK, video.outcome(), video.detail());
    video = decode("empty.mkv", MatroskaBytes.file(info, tracks, whole, empty, after));
    assertEquals(Outcome.DEGRADED, video.outcome(), video.detail());
    assertEquals(Reason.DECODE_ERROR, video.reason(), video.detail());
    assertEquals(1, video.decodeErrors());
  }

  /** Also as camcorders write it, with four bytes of time before each packet. */
  @ParameterizedTest
  @ValueSource(ints = {0, 4})
  void decode_transportStreamWithAnUnreadableFrame_isDegraded(int timeBytes) throws IOException {
    byte[] whole = Files.readAllBytes(generated("openh264_long_gop.ts"));
    ByteBuffer sound = ByteBuffer.allocate(whole.length / 188 * (188 + timeBytes));
    for (int packet = 0; packet < whole.length; packet += 188) {
      sound.put(new byte[timeBytes]).put(whole, packet, 188);
    }
    DecodedVideo video = decode("sound.ts", sound.array());
    assertEquals(Outcome.OK, video.outcome(), video.detail());
    byte[] damaged = sound.array().clone();
    // The start of a PES packet of the first video stream: prefix and stream id.
    int start = new String(damaged, ISO_8859_1).indexOf("\0\0\1\u00e0", damaged.length / 2);
    damaged[start + 1] ^= 0x40;
    video = decode("damaged.ts", damaged);
    assertEquals(Outcome.DEGRADED, video.outcome());
    assertEquals(Reason.DECODE_ERROR, video.reason(), video.detail());
    assertEquals(1, video.decodeErrors());
    assertEquals(GENERATED - 1, video.framesDecoded());
  }

  /** In an index, places count from the list of chunks or, as some write it, from the file. */
  @ParameterizedTest
  @CsvSource({"mjpeg.avi, 0, false", "mpeg4_b.avi, 0, true", "mjpeg.avi, 6, true"})
  void decode_aviWithAnUnreadableFrame_isDegraded(String name, int damagedByte, boolean fromFile)
      throws IOException {
    byte[] bytes = Files.readAllBytes(generated(name));
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    String text = new String(bytes, ISO_8859_1);
    int list = text.indexOf("movi");
    int index = text.indexOf("idx1") + 8;
    int chunk = list + file.getInt(index + 16 * GENERATED / 2 + 8);
    for (int entry = index; fromFile && entry < index + 16 * GENERATED; entry += 16) {
      file.putInt(entry + 8, list + file.getInt(entry + 8));
    }
    DecodedVideo video = decode("sound.avi", bytes);
    assertEquals(Outcome.OK, video.outcome(), video.detail());
    assertEquals("00dc", text.substring(chunk, chunk + 4));
    bytes[chunk + damagedByte] ^= 0x40;
    video = decode("damaged.avi", bytes);
    assertEquals(Outcome.DEGRADED, video.outcome());
    assertEquals(Reason.DECODE_ERROR, video.reason(), video.detail());
    assertEquals(GENERATED - 1, video.framesDecoded());
    assertEquals(1, video.decodeErrors());
  }

  private Path generated(String name) throws IOException {
    for (Encoding encoding : TestClips.encodings()) {
      if (encoding.file().equals(name)) {
        return encoding.write(folder, SIZE, GENERATED);
      }
    }
    throw new IllegalArgumentException("no encoding " + name);
  }

  private DecodedVideo decodeFully(byte[] bytes) throws IOException {
    try (VideoDecoder full =
        VideoTests.decoder("uniform:frames=40", VideoTests.SMALL, DecodeCheck.FULL)) {
      DecodedVideo video = full.decode(VideoTests.ref(Files.write(folder.resolve("sound"), bytes)));
      assertEquals(Outcome.OK, video.outcome(), video.detail());
      return video;
    }
  }

  @Test
  void decode_overThePixelLimit_isTooLarge() {
    assertFailed(Reason.TOO_LARGE, decodeWithin(limits(1 << 20, 96 * 64 - 1, Duration.ofHours(1))));
  }

  @Test
  void decode_overTheDurationLimit_isTooLarge() {
    DecodedVideo video = decodeWithin(limits(1 << 20, 96 * 64, Duration.ofSeconds(2)));
    assertFailed(Reason.TOO_LARGE, video);
    assertTrue(video.detail().contains("raise it with --max-duration"), video.detail());
  }

  @Test
  void decode_overTheByteLimit_isTooLarge() {
    assertFailed(Reason.TOO_LARGE, decodeWithin(limits(1000, 96 * 64, Duration.ofHours(1))));
  }

  private static DecodeLimits limits(long bytes, long pixels, Duration video) {
    return new DecodeLimits(
        Duration.ofMinutes(1), Duration.ofMinutes(1), bytes, pixels, video, 512);
  }

  private static DecodedVideo decodeWithin(DecodeLimits limits) {
    DecoderSettings settings =
        new DecoderSettings(
            SamplingSpec.parse("uniform:frames=2"), VideoTests.SMALL, DecodeCheck.SAMPLED, limits);
    try (VideoDecoder limited = new VideoDecoder(settings, new Configuration(false))) {
      return limited.decode(VideoTests.ref(TestClips.clip("h264_closed_gop.mp4")));
    }
  }
}

package io.tokenreel.video;

import static io.tokenreel.video.ContainerBytes.box;
import static io.tokenreel.video.ContainerBytes.element;
import static io.tokenreel.video.ContainerBytes.ints;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Files that ask for more than any video needs: each costs a row, and the limits hold. */
class BombsTest {

  private static final long MEGABYTE = 1 << 20;

  /** Far less than the limit on wall time, and enough for a busy machine. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int CENTURY_SECONDS = 2_000_000_000;

  /** What is expected: OK, or the label of a reason. */
  private record Bomb(String expected, byte[] file) {}

  @TempDir private static Path folder;

  private static Path scratch;
  private static VideoDecoder decoder;
  private static byte[] jpeg;

  @BeforeAll
  static void start() throws IOException {
    scratch = Files.createDirectory(folder.resolve("scratch"));
    decoder = decoder(DecodeLimits.DEFAULT);
    jpeg = CodedFrames.jpeg(folder, 16, 16);
  }

  private static VideoDecoder decoder(DecodeLimits limits) {
    DecoderSettings settings =
        new DecoderSettings(
            SamplingSpec.parse("uniform:frames=8"), VideoTests.SMALL, DecodeCheck.SAMPLED, limits);
    return new VideoDecoder(settings, HostileFileSystem.configuration(), scratch);
  }

  @AfterAll
  static void end() throws IOException {
    decoder.close();
    IdleDecoders.SHARED.endAll();
    try (Stream<Path> left = Files.list(scratch)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @TestFactory
  Stream<DynamicTest> decode_bomb_costsItsRowAndNoMoreThanTheLimits() throws IOException {
    Map<String, Bomb> bombs = new TreeMap<>();
    addSizes(bombs);
    addCounts(bombs);
    addTimes(bombs);
    addStreams(bombs);
    addNested(bombs);
    addCompressed(bombs);
    return bombs.entrySet().stream()
        .map(bomb -> DynamicTest.dynamicTest(bomb.getKey(), () -> explode(bomb.getValue())));
  }

  private static void explode(Bomb bomb) throws Exception {
    Path file = Files.write(folder.resolve("bomb"), bomb.file());
    long start = System.nanoTime();
    DecodedVideo video;
    long peak;
    try (PeakMemory memory = new PeakMemory(decoder)) {
      video = decoder.decode(VideoTests.ref(file));
      peak = memory.bytes();
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    String reason = video.reason() == null ? "ok" : video.reason().label();
    System.out.printf(
        "%s %s, %d ms, %d MB%n", video.outcome(), reason, took.toMillis(), peak / MEGABYTE);
    assertEquals(bomb.expected(), reason, video.detail());
    assertTrue(video.outcome() != Outcome.DEGRADED, video.detail());
    assertTrue(took.compareTo(PATIENCE) < 0, "took " + took);
    assertTrue(peak <= DecodeLimits.DEFAULT.memoryMegabytes() * MEGABYTE, "peak " + peak);
    assertNothingIsStaged();
  }

  private static void assertNothingIsStaged() throws IOException {
    try (Stream<Path> files = Files.walk(scratch)) {
      List<String> names = files.map(path -> path.getFileName().toString()).toList();
      assertTrue(!names.contains("video"), names.toString());
    }
  }

  /** Headers of the container or of the stream that say a picture is 16k to 65k on a side. */
  private static void addSizes(Map<String, Bomb> bombs) throws IOException {
    for (int side : new int[] {16384, 65535}) {
      bombs.put("jpeg of " + side + " in mp4", new Bomb("too_large", mp4("jpeg", 16, side)));
      bombs.put("vp9 of " + side + " in mp4", new Bomb("too_large", mp4("vp09", 16, side)));
      bombs.put("mp4 that says " + side, new Bomb("too_large", mp4("vp09", side, side)));
      bombs.put(
          "matroska that says " + side,
          new Bomb("too_large", matroska("V_VP9", side, CodedFrames.vp9(16, 16))));
      bombs.put(
          "vp9 of " + side + " in matroska",
          new Bomb("too_large", matroska("V_VP9", 16, CodedFrames.vp9(side, side))));
    }
    bombs.put(
        "vp8 of 16383 in matroska",
        new Bomb("too_large", matroska("V_VP8", 16, CodedFrames.vp8(16383, 16383))));
    bombs.put("raw h264 of 16000", new Bomb("too_large", CodedFrames.h264(16000, 16000)));
  }

  private static byte[] mp4(String codec, int said, int side) throws IOException {
    byte[] frame =
        codec.equals("jpeg") ? CodedFrames.jpeg(folder, side, side) : CodedFrames.vp9(side, side);
    return Mp4Bytes.file(frame, Mp4Bytes.track(codec, said, said, Mp4Bytes.samples(frame, 3)));
  }

  private static byte[] matroska(String codec, int said, byte[] frame) {
    return MatroskaBytes.file(
        MatroskaBytes.tracks(MatroskaBytes.track(1, codec, said, said)),
        MatroskaBytes.cluster(0, frame, 3));
  }

  /** Tables that are long, or say that they are. */
  private static void addCounts(Map<String, Bomb> bombs) {
    bombs.put("200,000 frames in one place", tables("ok", Mp4Bytes.samples(jpeg, 200_000)));
    bombs.put(
        "2^32 - 1 samples of one size",
        tables(
            "no_frames",
            Mp4Bytes.times(-1, 40),
            Mp4Bytes.sizes(jpeg.length, -1),
            Mp4Bytes.perChunk(-1),
            Mp4Bytes.oneChunk()));
    bombs.put(
        "2^32 - 1 sizes that are not there",
        tables(
            "not_a_video",
            Mp4Bytes.times(-1, 40),
            Mp4Bytes.sizes(0, -1),
            Mp4Bytes.perChunk(-1),
            Mp4Bytes.oneChunk()));
    bombs.put(
        "100 million samples of a byte",
        tables(
            "no_frames",
            Mp4Bytes.times(100_000_000, 40),
            Mp4Bytes.sizes(1, 100_000_000),
            Mp4Bytes.perChunk(100_000_000),
            Mp4Bytes.oneChunk()));
    bombs.put(
        "2^32 - 1 steps of time",
        tables(
            "decoder_memory",
            box("stts", ints(0, -1, 3, 40)),
            Mp4Bytes.sizes(jpeg.length, 3),
            Mp4Bytes.perChunk(3),
            Mp4Bytes.oneChunk()));
  }

  private static Bomb tables(String expected, byte[]... tables) {
    return new Bomb(expected, Mp4Bytes.file(jpeg, Mp4Bytes.track("jpeg", 16, 16, tables)));
  }

  private static void addTimes(Map<String, Bomb> bombs) {
    for (double duration :
        new double[] {-1, 1e300, Double.NaN, Double.POSITIVE_INFINITY, CENTURY_SECONDS * 1e3}) {
      bombs.put("matroska that says it lasts " + duration, lasting("ok", duration, 1_000_000, 40));
    }
    bombs.put(
        "second frame after a century",
        lasting("too_large", 1, 1_000_000, CENTURY_SECONDS * 1000L));
    bombs.put("second frame after 2^62 ns", lasting("too_large", 1, 1, 1L << 62));
    bombs.put("second frame at no time", lasting("ok", 1, 1_000_000, -1));
    bombs.put("ticks of no time", lasting("ok", 1, 0, 40));
    bombs.put("ticks of 2^63 ns", lasting("not_a_video", 1, Long.MAX_VALUE, 40));
    bombs.put(
        "frames 24 days apart",
        tables(
            "too_large",
            Mp4Bytes.times(3, Integer.MAX_VALUE),
            Mp4Bytes.sizes(jpeg.length / 3, 3),
            Mp4Bytes.perChunk(3),
            Mp4Bytes.oneChunk()));
  }

  private static Bomb lasting(String expected, double duration, long tick, long second) {
    byte[] frame = CodedFrames.vp8(16, 16);
    byte[] said = element(0x4489, ByteBuffer.allocate(8).putDouble(duration).array());
    return new Bomb(
        expected,
        MatroskaBytes.file(
            MatroskaBytes.info(tick, said),
            MatroskaBytes.tracks(MatroskaBytes.track(1, "V_VP8", 16, 16)),
            MatroskaBytes.cluster(0, frame, 1),
            MatroskaBytes.cluster(second, frame, 1)));
  }

  private static void addStreams(Map<String, Bomb> bombs) {
    byte[][] tracks = new byte[5000][];
    Arrays.setAll(tracks, i -> MatroskaBytes.track(i + 1, "V_VP9", 16, 16));
    bombs.put(
        "5000 tracks in matroska",
        new Bomb(
            "too_large",
            MatroskaBytes.file(
                MatroskaBytes.tracks(tracks),
                MatroskaBytes.cluster(0, CodedFrames.vp9(16, 16), 3))));
    byte[] track = Mp4Bytes.track("jpeg", 16, 16, Mp4Bytes.samples(jpeg, 3));
    Arrays.fill(tracks, track);
    bombs.put("5000 tracks in mp4", new Bomb("too_large", Mp4Bytes.file(jpeg, tracks)));
    bombs.put("4000 streams in ts", new Bomb("too_large", TransportBytes.file(20, 200)));
    bombs.put("50,000 streams in ts", new Bomb("too_large", TransportBytes.file(250, 200)));
  }

  private static void addNested(Map<String, Bomb> bombs) {
    for (String type : List.of("moov", "trak", "udta", "meta")) {
      bombs.put(type + " in " + type, new Bomb("not_a_video", Mp4Bytes.nested(type, 200_000)));
    }
    bombs.put(
        "group in group",
        new Bomb(
            "no_frames",
            MatroskaBytes.file(
                MatroskaBytes.tracks(MatroskaBytes.track(1, "V_VP9", 16, 16)),
                MatroskaBytes.nested(200_000))));
  }

  private static void addCompressed(Map<String, Bomb> bombs) {
    byte[] packed = packedZeros(128);
    bombs.put(
        "128 MB of blocks and private data in matroska",
        new Bomb(
            "no_frames",
            MatroskaBytes.file(
                MatroskaBytes.tracks(
                    MatroskaBytes.track(
                        1, "V_VP9", 16, 16, MatroskaBytes.compressed(), element(0x63A2, packed))),
                MatroskaBytes.cluster(0, packed, 2))));
    bombs.put(
        "movie header of 128 MB",
        new Bomb("no_video_stream", Mp4Bytes.compressedMovie((int) (128 * MEGABYTE), packed)));
    bombs.put(
        "movie header of 2 GB",
        new Bomb("decoder_memory", Mp4Bytes.compressedMovie(Integer.MAX_VALUE, packed)));
  }

  private static byte[] packedZeros(int megabytes) {
    Deflater deflater = new Deflater();
    deflater.setInput(new byte[(int) (megabytes * MEGABYTE)]);
    deflater.finish();
    byte[] packed = new byte[(int) MEGABYTE];
    int length = deflater.deflate(packed);
    deflater.end();
    return Arrays.copyOf(packed, length);
  }

  @Test
  void decode_sourceWithoutAnEnd_isTooLarge() throws IOException {
    DecodeLimits standard = DecodeLimits.DEFAULT;
    DecodeLimits limits =
        new DecodeLimits(
            standard.wall(),
            standard.cpu(),
            64 * MEGABYTE,
            standard.maxPixels(),
            standard.maxVideo(),
            standard.memoryMegabytes());
    try (VideoDecoder limited = decoder(limits)) {
      for (String uri : List.of("hostile://endless/v.ts", "/dev/zero")) {
        DecodedVideo video = limited.decode(new VideoRef("endless", uri, -1));
        assertEquals(Reason.TOO_LARGE, video.reason(), video.detail());
        assertNothingIsStaged();
      }
    }
  }

  @Test
  void decode_namedPipeThatNobodyWritesTo_failsWithTimeout() throws Exception {
    Path pipe = folder.resolve("pipe.mp4");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    try (VideoDecoder limited = decoder(DecodeLimits.DEFAULT.withTime(Duration.ofSeconds(1)))) {
      DecodedVideo video = limited.decode(VideoTests.ref(pipe));
      assertEquals(Reason.TIMEOUT, video.reason(), video.detail());
      assertNothingIsStaged();
    }
  }
}

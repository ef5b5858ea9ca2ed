package io.tokenreel.video;

import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_DEFAULT;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_HEARING_IMPAIRED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.video.TestClips.Encoding;
import io.tokenreel.video.TestMuxer.Track;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which stream of a file is its video, and which of its frames and pixels count. */
class StreamsTest {

  private static final int FRAMES = 20;
  private static final FrameSize VIDEO = new FrameSize(64, 96);
  private static final FrameSize ART = new FrameSize(128, 128);

  private static VideoDecoder decoder;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    decoder = VideoTests.decoder("uniform:frames=" + FRAMES, VideoTests.SMALL, DecodeCheck.SAMPLED);
  }

  @AfterAll
  static void end() {
    decoder.close();
  }

  private Path clip(String name, String codec, FrameSize size, int frames, Map<String, String> more)
      throws IOException {
    return new Encoding(name, codec, 50, more, new int[] {1}).write(folder, size, frames);
  }

  private Path video() throws IOException {
    return clip("video.mp4", "libopenh264", VIDEO, FRAMES, Map.of());
  }

  private Path art() throws IOException {
    return clip("art.mov", "mjpeg", ART, 1, Map.of("strict", "unofficial"));
  }

  private static DecodedVideo decode(Path file) {
    return decoder.decode(VideoTests.ref(file));
  }

  private static Frames sound(Path file) {
    DecodedVideo video = decode(file);
    assertEquals(Outcome.OK, video.outcome(), video.detail());
    return video.frames();
  }

  /** The cover is the first stream, the larger picture, and what FFmpeg ranks first. */
  @Test
  void decode_coverArtBeforeAVideo_givesTheVideo() throws IOException {
    Path both =
        TestMuxer.write(
            folder.resolve("both.mp4"),
            List.of(
                new Track(art(), AV_DISPOSITION_ATTACHED_PIC, 1, 0),
                new Track(video(), AV_DISPOSITION_HEARING_IMPAIRED, 1, 0)));
    Mp4Surgery.putMetadataFirst(both);
    Mp4Surgery.disableTracks(both);
    assertEquals(
        List.of(
            new StreamHeader(ART, true, true, 0, 1), new StreamHeader(VIDEO, false, false, 1, 1)),
        StreamHeader.read(both));
    assertArrayEquals(sound(video()).rgb(), sound(both).rgb());
  }

  @Test
  void decode_coverArtAlone_hasNoVideoStream() throws IOException {
    Path alone =
        TestMuxer.write(
            folder.resolve("alone.mp4"),
            List.of(new Track(art(), AV_DISPOSITION_ATTACHED_PIC, 1, 0)));
    assertEquals(List.of(new StreamHeader(ART, true, true, 0, 1)), StreamHeader.read(alone));
    assertEquals(Reason.NO_VIDEO_STREAM, decode(alone).reason(), decode(alone).detail());
  }

  @Test
  void decode_soundAlone_hasNoVideoStream() throws IOException {
    DecodedVideo video = decode(TestMuxer.writeSound(folder.resolve("sound.mp4")));
    assertEquals(Reason.NO_VIDEO_STREAM, video.reason(), video.detail());
  }

  @Test
  void decode_editListThatTrimsTheStart_givesTheFramesAfterIt() throws IOException {
    int trimmed = 7;
    Path cut =
        TestMuxer.write(
            folder.resolve("cut.mp4"),
            List.of(new Track(video(), AV_DISPOSITION_DEFAULT, 1, trimmed)));
    byte[] whole = sound(video()).rgb();
    int bytes = VideoTests.SMALL.rgbBytes();
    Frames frames = sound(cut);
    int[] repeated = UniformSampler.evenly(FRAMES - trimmed, FRAMES);
    for (int i = 0; i < FRAMES; i++) {
      int from = (trimmed + repeated[i]) * bytes;
      assertArrayEquals(
          Arrays.copyOfRange(whole, from, from + bytes), VideoTests.frame(frames, i), "frame " + i);
    }
    assertEquals(0, frames.ptsMicros()[0]);
  }

  /** Before the second part come frames that its first one refers to, and that are not shown. */
  @ParameterizedTest
  @CsvSource({"libopenh264, 5, 0", "libvpx-vp9, 5, 0", "mpeg4, 9, 2", "mjpeg, 1, 0"})
  void decode_editListOfTwoParts_givesTheirFramesAtTheirTimes(String codec, int gop, int between)
      throws IOException {
    Map<String, String> options =
        codec.equals("mjpeg")
            ? Map.of("strict", "unofficial")
            : between == 0 ? Map.of() : Map.of("bf", "" + between);
    Path cut = new Encoding("cut.mp4", codec, gop, options, new int[] {1}).write(folder, VIDEO, 40);
    Frames whole = decoded(cut, "uniform:frames=40");
    Mp4Surgery.setEdits(cut, new int[] {0, 12}, new int[] {18, 20});
    Frames frames = decoded(cut, "uniform:frames=32");
    assertEquals(32, frames.source().frames());
    for (int i = 0; i < 32; i++) {
      int from = i < 12 ? i : i + 6;
      assertArrayEquals(VideoTests.frame(whole, from), VideoTests.frame(frames, i), "frame " + i);
      // With frames that are reordered FFmpeg begins the second part as much later as they are
      // held.
      long late = i < 12 ? 0 : between;
      assertEquals((i + late) * 40_000L, frames.ptsMicros()[i], "time of frame " + i);
    }
  }

  @Test
  void decode_editListThatHidesTheOnlyKeyframe_hasNoKeyframes() throws IOException {
    Path cut = video();
    Mp4Surgery.setEdits(cut, new int[] {5, 12});
    assertEquals(12, decoded(cut, "uniform:frames=20").source().frames());
    try (VideoDecoder keys =
        VideoTests.decoder("keyframes:max=4", VideoTests.SMALL, DecodeCheck.SAMPLED)) {
      DecodedVideo video = keys.decode(VideoTests.ref(cut));
      assertEquals(Reason.NO_FRAMES, video.reason(), video.detail());
      assertTrue(video.detail().startsWith("keyframes:max=4 takes none of 12 frames"));
      assertEquals(1, video.attempts());
    }
  }

  @Test
  void decode_joinedStreamsWhoseVideosHaveOtherNumbers_sayThatAPartIsNotRead() throws IOException {
    Path first = clip("first.ts", "libopenh264", VIDEO, FRAMES, Map.of());
    byte[] part = Files.readAllBytes(first);
    assertEquals(FRAMES, sound(first).source().frames());
    byte[] other = TransportBytes.withPid(part, 0x100, 0x1e1);
    assertEquals(FRAMES, sound(Files.write(folder.resolve("other.ts"), other)).source().frames());
    for (byte[] joined :
        List.of(ContainerBytes.join(part, other), ContainerBytes.join(other, part))) {
      DecodedVideo video = decode(Files.write(folder.resolve("joined.ts"), joined));
      assertEquals(Outcome.DEGRADED, video.outcome(), video.detail());
      assertEquals(Reason.TRUNCATED, video.reason(), video.detail());
      assertTrue(video.detail().contains("another part of the video is in the stream with PID 0x"));
    }
  }

  private static Frames decoded(Path file, String sampling) {
    try (VideoDecoder own = VideoTests.decoder(sampling, VideoTests.SMALL, DecodeCheck.SAMPLED)) {
      DecodedVideo video = own.decode(VideoTests.ref(file));
      assertEquals(Outcome.OK, video.outcome(), video.detail());
      return video.frames();
    }
  }

  /**
   * The encoder's frame has its own shape, and a video fills it whatever shape it is shown in. So
   * samples that are twice as wide as high give the same frame as square ones, and the frame of the
   * picture as it is shown, stretched to square samples; nothing is cropped or given a border.
   */
  @Test
  void decode_wideSamples_fillTheFrameAsSquareOnesDo() throws IOException {
    FramePainter stripes = VideoTests.stripes(VIDEO.width(), VIDEO.height());
    Path square = lossless("square.mkv", VIDEO, stripes);
    Path wide =
        TestMuxer.write(
            folder.resolve("wide.mkv"), List.of(new Track(square, AV_DISPOSITION_DEFAULT, 2, 0)));
    assertEquals(List.of(new StreamHeader(VIDEO, false, true, 2, 1)), StreamHeader.read(wide));
    byte[] frames = sound(wide).rgb();
    assertArrayEquals(sound(square).rgb(), frames);
    FrameSize shown = new FrameSize(VIDEO.height(), 2 * VIDEO.width());
    byte[] stretched = sound(lossless("stretched.mkv", shown, twiceAsWide(stripes))).rgb();
    int difference = VideoTests.greatestDifference(stretched, frames);
    assertTrue(difference <= 4, "greatest difference " + difference);
  }

  private Path lossless(String name, FrameSize size, FramePainter painter) throws IOException {
    Path file = folder.resolve(name);
    try (VideoWriter writer = new VideoWriter(file, "ffv1", size, 25, 1, Map.of())) {
      byte[] rgb = new byte[size.rgbBytes()];
      for (int frame = 0; frame < FRAMES; frame++) {
        painter.paint(frame, rgb);
        writer.add(rgb, frame);
      }
      writer.finish();
    }
    return file;
  }

  /** Every pixel twice, side by side. */
  private static FramePainter twiceAsWide(FramePainter painter) {
    byte[] pixels = new byte[VIDEO.rgbBytes()];
    return (frame, rgb) -> {
      painter.paint(frame, pixels);
      for (int at = 0; at < rgb.length; at++) {
        rgb[at] = pixels[at / 6 * 3 + at % 3];
      }
    };
  }
}

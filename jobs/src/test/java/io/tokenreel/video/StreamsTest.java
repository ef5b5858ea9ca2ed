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
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

package io.tokenreel.video;

import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_DEFAULT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

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
    return clip("video.mp4", "libopenh264", new FrameSize(64, 96), FRAMES, Map.of());
  }

  private Path art() throws IOException {
    return clip("art.mov", "mjpeg", new FrameSize(128, 128), 1, Map.of("strict", "unofficial"));
  }

  private static DecodedVideo decode(Path file) {
    return decoder.decode(VideoTests.ref(file));
  }

  private static Frames sound(Path file) {
    DecodedVideo video = decode(file);
    assertEquals(Outcome.OK, video.outcome(), video.detail());
    return video.frames();
  }

  @Test
  void decode_coverArtBesideAVideo_givesTheVideo() throws IOException {
    Path both =
        TestMuxer.write(
            folder.resolve("both.mp4"),
            List.of(
                new Track(art(), AV_DISPOSITION_ATTACHED_PIC, 1, 0),
                new Track(video(), AV_DISPOSITION_DEFAULT, 1, 0)));
    assertArrayEquals(sound(video()).rgb(), sound(both).rgb());
  }

  @Test
  void decode_coverArtAlone_hasNoVideoStream() throws IOException {
    Path alone =
        TestMuxer.write(
            folder.resolve("alone.mp4"),
            List.of(new Track(art(), AV_DISPOSITION_ATTACHED_PIC, 1, 0)));
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

  /** The encoder's frame has its own size: pixels that are not square change nothing but that. */
  @Test
  void decode_wideSamples_fillTheFrameAsSquareOnesDo() throws IOException {
    Path wide =
        TestMuxer.write(
            folder.resolve("wide.mp4"), List.of(new Track(video(), AV_DISPOSITION_DEFAULT, 2, 0)));
    assertArrayEquals(sound(video()).rgb(), sound(wide).rgb());
  }
}

package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The repository's small corpus through the whole decoder. */
class VideosTest {

  @ParameterizedTest
  @CsvSource({
    "two_streams.mp4,390",
    "hevc.mp4,10",
    "av1.mkv,125",
    "with_audio.mkv,310",
    "unordered.mov,4",
    "turned_0.mov,3",
    "turned_90.mov,3",
    "turned_180.mov,3",
    "turned_270.mov,3"
  })
  void decode_everyFrame_givesTheRightCountAtAscendingTimes(String name, int count) {
    assertFrames(VideoTests.VIDEOS.resolve(name), count);
  }

  /** Decodes all frames of a file and compares their number and order. */
  static void assertFrames(Path file, int count) {
    try (VideoDecoder decoder =
        VideoTests.decoder("uniform:frames=" + count, VideoTests.SMALL, DecodeCheck.SAMPLED)) {
      DecodedVideo video = decoder.decode(VideoTests.ref(file));
      assertEquals(Outcome.OK, video.outcome(), video.detail());
      assertEquals(count, video.framesDecoded(), "frames decoded of " + file);
      long[] pts = video.frames().ptsMicros();
      for (int i = 1; i < pts.length; i++) {
        assertTrue(pts[i] > pts[i - 1], file + ": frame " + i + " at " + pts[i] + " us");
      }
    }
  }

  /**
   * Frames and rate as PyAV 18 gives them: how many it decodes, and {@code average_rate}. The clip
   * of varying rate has its header's rate, not the 15.6 frames per second of its times.
   */
  @ParameterizedTest
  @CsvSource({
    "videos/two_streams.mp4,390,29.97002997002997,194",
    "videos/hevc.mp4,10,10,4",
    "videos/av1.mkv,125,25,62",
    "videos/with_audio.mkv,310,30,154",
    "videos/turned_90.mov,3,30,1",
    "clips/h264_open_gop.ts,75,25,37",
    "clips/h264_variable_rate.mkv,75,25,37",
    "clips/h264_one_gop.h264,75,25,37"
  })
  void decode_threeFrames_carryTheSourcesLengthAndRate(
      String name, int frames, double rate, int middle) {
    Path file = VideoTests.VIDEOS.resolveSibling(name);
    for (DecodeCheck check : DecodeCheck.values()) {
      try (VideoDecoder decoder = VideoTests.decoder("uniform:frames=3", VideoTests.SMALL, check)) {
        Frames decoded = decoder.decode(VideoTests.ref(file)).frames();
        assertEquals(new SourceInfo(frames, rate), decoded.source());
        assertArrayEquals(new int[] {0, middle, frames - 1}, decoded.frameIndex());
      }
    }
  }

  /** Lost frames do not count, and the others are numbered without them. */
  @Test
  void decode_damagedVideo_countsTheFramesThatDecode() {
    try (VideoDecoder decoder =
        VideoTests.decoder("uniform:frames=50", VideoTests.SMALL, DecodeCheck.FULL)) {
      DecodedVideo video = decoder.decode(VideoTests.ref(VideoTests.VIDEOS.resolve("damaged.mp4")));
      assertEquals(Outcome.DEGRADED, video.outcome());
      assertTrue(video.detail().startsWith("9 of 50 frames lost"), video.detail());
      assertEquals(new SourceInfo(41, 10), video.frames().source());
      assertArrayEquals(UniformSampler.evenly(41, 50), video.frames().frameIndex());
    }
  }

  @Test
  void decode_allAtTheDefaultSampling_givesNineOkAndTheDamagedDegraded() throws IOException {
    assertOkBut(VideoTests.VIDEOS, "damaged.mp4");
  }

  /** Decodes a folder of ten videos, of which one has a decode error. */
  static void assertOkBut(Path folder, String damaged) throws IOException {
    List<Path> files;
    try (var listed = Files.list(folder)) {
      files = listed.filter(file -> !file.toString().matches(".*[.](md|py)")).sorted().toList();
    }
    assertEquals(10, files.size());
    try (VideoDecoder decoder =
        VideoTests.decoder("uniform:frames=32", VideoTests.SMALL, DecodeCheck.SAMPLED)) {
      for (Path file : files) {
        DecodedVideo video = decoder.decode(VideoTests.ref(file));
        boolean sound = !file.endsWith(damaged);
        assertEquals(
            sound ? Outcome.OK : Outcome.DEGRADED, video.outcome(), file + ": " + video.detail());
        assertEquals(sound ? null : Reason.DECODE_ERROR, video.reason());
        assertEquals(32, video.frames().count());
        assertEquals(Files.size(file), video.inputBytes());
      }
    }
  }

  /**
   * The green channel of each clip's second frame at 4 x 4 pixels, as PyAV 18 decodes it, numpy
   * turns it by the display matrix and Pillow resizes it.
   */
  @ParameterizedTest
  @CsvSource({
    "0,112 46 74 91 105 76 86 92 68 125 98 80 55 157 110 79",
    "90,55 68 105 112 157 125 76 46 110 98 86 74 79 80 92 91",
    "180,79 110 157 55 80 98 125 68 92 86 76 105 91 74 46 112",
    "270,91 92 80 79 74 86 98 110 46 76 125 157 112 105 68 55"
  })
  void decode_rotatedClip_standsUpright(int degrees, String green) {
    assertGreen(VideoTests.VIDEOS.resolve("turned_" + degrees + ".mov"), green);
  }

  /** Compares the green channel of a file's second frame of three, at 4 x 4 pixels. */
  static void assertGreen(Path file, String green) {
    try (VideoDecoder decoder =
        VideoTests.decoder("uniform:frames=3", new FrameSize(4, 4), DecodeCheck.SAMPLED)) {
      byte[] rgb = VideoTests.frame(decoder.decode(VideoTests.ref(file)).frames(), 1);
      String[] expected = green.split(" ");
      for (int i = 0; i < expected.length; i++) {
        assertEquals(Integer.parseInt(expected[i]), rgb[3 * i + 1] & 0xff, 2, "pixel " + i);
      }
    }
  }
}

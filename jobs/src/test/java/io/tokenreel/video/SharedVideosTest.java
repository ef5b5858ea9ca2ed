package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.testing.Safetensors;
import io.tokenreel.testing.SharedFiles;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real videos of other projects and their reference frames, where they lie in ../shared. */
@EnabledIf(
    value = "io.tokenreel.testing.SharedFiles#hasVideos",
    disabledReason = "../shared/videos is not there")
class SharedVideosTest {

  private static final Path VIDEOS = SharedFiles.at("videos");
  private static final Path GOLDENS = SharedFiles.at("goldens/frames");

  @ParameterizedTest
  @CsvSource({
    "nasa_13013.mp4,390",
    "h265_video.mp4,10",
    "av1_video.mkv,125",
    "flipping_a_pancake.mkv,310",
    "unordered.mov,4",
    "video_0.mov,3",
    "video_90.mov,3",
    "video_180.mov,3",
    "video_270.mov,3"
  })
  void decode_everyFrame_givesTheRightCountAtAscendingTimes(String name, int count) {
    VideosTest.assertFrames(VIDEOS.resolve(name), count);
  }

  @Test
  void decode_allAtTheDefaultSampling_givesNineOkAndTheCorruptedDegraded() throws IOException {
    VideosTest.assertOkBut(VIDEOS, "corrupted.mp4");
  }

  @Test
  void decode_nativeSize_isWithinTheReferenceDecodersRounding() throws IOException {
    FrameSize nativeSize = new FrameSize(270, 480);
    try (VideoDecoder decoder =
        VideoTests.decoder("uniform:frames=390", nativeSize, DecodeCheck.SAMPLED)) {
      Frames frames = decoder.decode(VideoTests.ref(VIDEOS.resolve("nasa_13013.mp4"))).frames();
      for (int number : new int[] {0, 15, 386}) {
        Safetensors golden =
            Safetensors.read(
                GOLDENS.resolve("nasa_stream3_frame%06d.safetensors".formatted(number)));
        byte[] expected = golden.tensor("frame").data();
        byte[] actual = VideoTests.frame(frames, number);
        assertTrue(VideoTests.meanDifference(expected, actual) <= 2, "mean of frame " + number);
        assertTrue(VideoTests.greatestDifference(expected, actual) <= 8, "most of frame " + number);
        double seconds = Double.parseDouble(golden.metadata().get("pts_seconds"));
        assertEquals(seconds, frames.ptsMicros()[number] / 1e6, 1e-5);
      }
    }
  }

  /**
   * The green channel of each clip's second frame at 4 x 4 pixels, as PyAV 18 decodes it, numpy
   * turns it by the display matrix and Pillow resizes it.
   */
  @ParameterizedTest
  @CsvSource({
    "0,98 105 110 114 93 98 104 109 87 89 96 102 91 92 96 100",
    "90,112 112 114 116 98 98 102 103 86 87 90 92 64 63 77 90",
    "180,123 125 129 122 111 109 114 121 94 94 102 112 101 100 96 108",
    "270,164 157 155 153 138 138 139 148 112 111 105 105 87 75 67 66"
  })
  void decode_rotatedClip_standsUpright(int degrees, String green) {
    VideosTest.assertGreen(VIDEOS.resolve("video_" + degrees + ".mov"), green);
  }
}

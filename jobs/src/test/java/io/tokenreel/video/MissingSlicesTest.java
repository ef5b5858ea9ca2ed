package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Raw HEVC of two slices a picture, of which one is lost, as on a broadcast. */
class MissingSlicesTest {

  private static final int PICTURES = 24;

  @TempDir private Path folder;

  @Test
  void decode_secondSliceOfAnyPictureMissing_isDegradedAndSaysWhat() throws IOException {
    byte[] whole = Files.readAllBytes(TestClips.clip("hevc_two_slices.hevc"));
    List<Integer> starts = starts(whole);
    List<Integer> second = starts.stream().filter(at -> isLaterSlice(whole, at)).toList();
    assertEquals(PICTURES, second.size());
    try (VideoDecoder decoder =
        VideoTests.decoder("uniform:frames=24", VideoTests.SMALL, DecodeCheck.FULL)) {
      DecodedVideo sound = decode(decoder, whole);
      assertEquals(Outcome.OK, sound.outcome(), sound.detail());
      assertEquals(PICTURES, sound.frames().count());
      for (int begin : second) {
        int next = starts.indexOf(begin) + 1;
        int end = next == starts.size() ? whole.length : starts.get(next);
        DecodedVideo video = decode(decoder, without(whole, begin, end));
        assertEquals(Outcome.DEGRADED, video.outcome(), "without the slice at byte " + begin);
        assertEquals(Reason.DECODE_ERROR, video.reason(), video.detail());
        assertTrue(
            video.detail().contains("a part of a picture has no coded data"), video.detail());
      }
    }
  }

  private DecodedVideo decode(VideoDecoder decoder, byte[] bytes) throws IOException {
    return decoder.decode(VideoTests.ref(Files.write(folder.resolve("video.hevc"), bytes)));
  }

  private static byte[] without(byte[] whole, int begin, int end) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(whole, 0, begin);
    bytes.write(whole, end, whole.length - end);
    return bytes.toByteArray();
  }

  /** Of the start codes. */
  private static List<Integer> starts(byte[] stream) {
    List<Integer> starts = new ArrayList<>();
    for (int at = 0; at + 5 < stream.length; at++) {
      if (stream[at] == 0 && stream[at + 1] == 0 && stream[at + 2] == 1) {
        starts.add(at);
      }
    }
    return starts;
  }

  /**
   * Whether the unit is a slice, nal_unit_type 0 to 21, without first_slice_segment_in_pic_flag.
   */
  private static boolean isLaterSlice(byte[] stream, int start) {
    return (stream[start + 3] >> 1 & 0x3f) <= 21 && stream[start + 5] >= 0;
  }
}

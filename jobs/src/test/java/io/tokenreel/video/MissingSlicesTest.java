package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Raw HEVC of two slices a picture, of which one is lost or cut, as on a broadcast. */
class MissingSlicesTest {

  private static final int PICTURES = 24;

  private final byte[] whole = clip();

  @TempDir private Path folder;

  /**
   * A slice in the stream.
   *
   * @param begin of its start code
   * @param end where the next unit begins
   * @param isFirst of its picture: first_slice_segment_in_pic_flag
   */
  private record Slice(int begin, int end, boolean isFirst) {}

  private static byte[] clip() {
    try {
      return Files.readAllBytes(TestClips.clip("hevc_two_slices.hevc"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void decode_secondSliceOfAnyPictureMissing_isDegradedAndSaysWhat() throws IOException {
    List<Slice> second = slices().stream().filter(slice -> !slice.isFirst()).toList();
    assertEquals(PICTURES, second.size());
    assertDegraded(second, 0);
  }

  /** The decoder reads zeros where the data ends, and comes upon an end of the slice in them. */
  @Test
  void decode_secondHalfOfAnySliceMissing_isDegradedAndSaysWhat() throws IOException {
    List<Slice> slices = slices();
    assertEquals(2 * PICTURES, slices.size());
    assertDegraded(slices, 2);
  }

  /**
   * @param slices each of which is cut in turn
   * @param part of its bytes that stays: none where 0, else one of so many
   */
  private void assertDegraded(List<Slice> slices, int part) throws IOException {
    try (VideoDecoder decoder =
        VideoTests.decoder("uniform:frames=24", VideoTests.SMALL, DecodeCheck.FULL)) {
      DecodedVideo sound = decode(decoder, whole);
      assertEquals(Outcome.OK, sound.outcome(), sound.detail());
      assertEquals(PICTURES, sound.frames().count());
      for (Slice slice : slices) {
        int kept = part == 0 ? 0 : (slice.end() - slice.begin()) / part;
        DecodedVideo video = decode(decoder, without(slice.begin() + kept, slice.end()));
        assertEquals(Outcome.DEGRADED, video.outcome(), "cut: " + slice);
        assertEquals(Reason.DECODE_ERROR, video.reason(), video.detail());
        assertTrue(
            video.detail().contains("a part of a picture has no coded data"), video.detail());
      }
    }
  }

  private DecodedVideo decode(VideoDecoder decoder, byte[] bytes) throws IOException {
    return decoder.decode(VideoTests.ref(Files.write(folder.resolve("video.hevc"), bytes)));
  }

  private byte[] without(int begin, int end) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(whole, 0, begin);
    bytes.write(whole, end, whole.length - end);
    return bytes.toByteArray();
  }

  /** Units of nal_unit_type 0 to 21, from start code to start code. */
  private List<Slice> slices() {
    List<Integer> starts = new ArrayList<>();
    for (int at = 0; at + 5 < whole.length; at++) {
      if (whole[at] == 0 && whole[at + 1] == 0 && whole[at + 2] == 1) {
        starts.add(at);
      }
    }
    starts.add(whole.length);
    List<Slice> slices = new ArrayList<>();
    for (int i = 0; i + 1 < starts.size(); i++) {
      int begin = starts.get(i);
      if ((whole[begin + 3] >> 1 & 0x3f) <= 21) {
        slices.add(new Slice(begin, starts.get(i + 1), whole[begin + 5] < 0));
      }
    }
    return slices;
  }
}

package io.tokenreel.video.ffmpeg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.video.DecodeCheck;
import io.tokenreel.video.DecodeLimits;
import io.tokenreel.video.DecodeRequest;
import io.tokenreel.video.DecodeVerdict;
import io.tokenreel.video.FixedFit;
import io.tokenreel.video.FrameSize;
import io.tokenreel.video.Outcome;
import io.tokenreel.video.SamplingSpec;
import io.tokenreel.video.SourceInfo;
import io.tokenreel.video.TestClips;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sampled frames are, byte for byte, those of a decode from the first packet to the last. */
class ExactFramesTest {

  private static final FrameSize SIZE = new FrameSize(64, 96);
  private static final List<String> SAMPLINGS =
      List.of(
          "uniform:frames=1",
          "uniform:frames=2",
          "uniform:frames=5",
          "uniform:frames=13",
          "uniform:frames=200",
          "fps:rate=3,max=64",
          "keyframes:max=4");

  @TempDir private Path folder;

  /** A sink that keeps what it gets. */
  private static final class Kept implements FrameSink {

    private final List<byte[]> rgb = new ArrayList<>();
    private long[] pts = {};
    private int[] index = {};
    private SourceInfo source;

    @Override
    public void plan(int frames, FrameSize size, SourceInfo from) {
      rgb.clear();
      for (int i = 0; i < frames; i++) {
        rgb.add(null);
      }
      pts = new long[frames];
      index = new int[frames];
      source = from;
    }

    @Override
    public void frame(Choice.Place place, byte[] frame) {
      for (int i = place.first(); i < place.first() + place.count(); i++) {
        rgb.set(i, frame);
        pts[i] = place.ptsMicros();
        index[i] = place.frameIndex();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("clips")
  void decode_clipFromAnotherEncoder_givesTheFramesOfAFullDecode(Path clip) throws Exception {
    assertExact(clip);
  }

  @ParameterizedTest
  @MethodSource("encodings")
  void decode_generatedVideo_givesTheFramesOfAFullDecode(TestClips.Encoding encoding)
      throws Exception {
    assertExact(encoding.write(folder, SIZE, 60));
  }

  /** Each part has a clock that starts at the same time. */
  @ParameterizedTest
  @ValueSource(strings = {"h264_open_gop.ts", "h264_one_gop.h264"})
  void decode_streamThatFollowsItself_givesTheFramesOfAFullDecode(String name) throws Exception {
    byte[] part = Files.readAllBytes(TestClips.clip(name));
    Path joined = folder.resolve("joined");
    Files.write(joined, part);
    assertExact(Files.write(joined, part, StandardOpenOption.APPEND));
  }

  /** A frame that others are decoded before has the time of its successor. */
  @Test
  void decode_twoFramesAtOneTime_givesTheFramesOfAFullDecode() throws Exception {
    byte[] mp4 = Files.readAllBytes(TestClips.clip("h264_closed_gop.mp4"));
    ByteBuffer file = ByteBuffer.wrap(mp4);
    String text = new String(mp4, StandardCharsets.ISO_8859_1);
    int frame = file.getInt(text.indexOf("stts") + 16);
    int offsets = text.indexOf("ctts") + 12;
    int changed = 0;
    for (int entry = 0; entry < file.getInt(offsets - 4); entry++) {
      int at = offsets + 8 * entry;
      if (file.getInt(at) == 1 && file.getInt(at + 4) == 0) {
        file.putInt(at + 4, frame);
        changed++;
      }
    }
    assertTrue(changed > 5, "frames changed: " + changed);
    Path clip = Files.write(folder.resolve("equal.mp4"), mp4);
    Kept full = new Kept();
    Kept sampled = new Kept();
    assertOk(clip, decode(clip, "uniform:frames=75", DecodeCheck.FULL, full));
    assertOk(clip, decode(clip, "uniform:frames=75", DecodeCheck.SAMPLED, sampled));
    assertArrayEquals(full.pts, sampled.pts);
    for (int i = 0; i < full.pts.length; i++) {
      assertArrayEquals(full.rgb.get(i), sampled.rgb.get(i), "frame " + i);
    }
  }

  @Test
  void decode_framesOfALongVideo_decodesOnlyWhatTheyNeed() throws Exception {
    for (Path clip :
        List.of(TestClips.clip("h264_open_gop.mp4"), TestClips.clip("hevc_open_gop.mp4"))) {
      DecodeVerdict verdict = decode(clip, "uniform:frames=2", DecodeCheck.SAMPLED, new Kept());
      assertTrue(
          verdict.framesDecoded() <= 12, clip + " decoded " + verdict.framesDecoded() + " of 75");
    }
  }

  /** Frames that no other refers to, in codecs whose packets say so. */
  @ParameterizedTest
  @CsvSource({
    "h264_closed_gop.mp4,uniform:frames=7,50",
    "hevc_closed_gop.mkv,uniform:frames=32,65",
    "hevc_temporal_layers.mp4,uniform:frames=7,40",
    "av1_hidden_and_leaves.mp4,uniform:frames=7,40"
  })
  void decode_framesThatNoneRefersTo_decodesOnlyThoseThatAreWanted(
      String name, String sampling, int most) throws Exception {
    DecodeVerdict verdict = decode(TestClips.clip(name), sampling, DecodeCheck.SAMPLED, new Kept());
    assertTrue(
        verdict.framesDecoded() <= most, name + " decoded " + verdict.framesDecoded() + " of 75");
  }

  static List<Path> clips() throws IOException {
    return TestClips.all();
  }

  static List<TestClips.Encoding> encodings() {
    return TestClips.encodings();
  }

  private static void assertExact(Path clip) throws Exception {
    List<byte[]> all = SequentialReference.decode(clip, SIZE);
    Kept everything = new Kept();
    assertOk(clip, decode(clip, "uniform:frames=" + all.size(), DecodeCheck.FULL, everything));
    for (int i = 0; i < all.size(); i++) {
      assertArrayEquals(all.get(i), everything.rgb.get(i), clip + ": full decode, frame " + i);
      assertTrue(i == 0 || everything.pts[i] > everything.pts[i - 1], clip + ": time of " + i);
    }
    for (String sampling : SAMPLINGS) {
      Kept full = new Kept();
      Kept sampled = new Kept();
      assertOk(clip, decode(clip, sampling, DecodeCheck.FULL, full));
      assertOk(clip, decode(clip, sampling, DecodeCheck.SAMPLED, sampled));
      assertArrayEquals(full.pts, sampled.pts, clip + " at " + sampling);
      assertArrayEquals(full.index, sampled.index, clip + " at " + sampling);
      assertEquals(everything.source, sampled.source, clip + " at " + sampling);
      for (int i = 0; i < full.pts.length; i++) {
        assertEquals(place(everything.pts, full.pts[i]), full.index[i], clip + " at " + sampling);
        byte[] expected = all.get(full.index[i]);
        assertArrayEquals(expected, sampled.rgb.get(i), clip + " at " + sampling + ", frame " + i);
        assertArrayEquals(expected, full.rgb.get(i), clip + " at " + sampling + ", frame " + i);
      }
    }
  }

  private static int place(long[] pts, long time) {
    int place = Arrays.binarySearch(pts, time);
    assertTrue(place >= 0, "no frame at " + time);
    return place;
  }

  private static void assertOk(Path clip, DecodeVerdict verdict) {
    assertEquals(Outcome.OK, verdict.outcome(), clip + ": " + verdict.detail());
  }

  private static DecodeVerdict decode(Path clip, String sampling, DecodeCheck check, FrameSink sink)
      throws IOException {
    DecodeRequest request =
        new DecodeRequest(
            clip.toString(),
            SamplingSpec.parse(sampling),
            new FixedFit(SIZE),
            check,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            DecodeLimits.DEFAULT.memoryMegabytes());
    return new VideoReading(request, FfmpegLog.install()).decode(sink);
  }
}

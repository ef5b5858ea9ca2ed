package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SamplersTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "uniform|uniform:frames=32",
        "uniform:frames=8|uniform:frames=8",
        "fps|fps:rate=1,max=64",
        "fps:max=9|fps:rate=1,max=9",
        "fps:rate=0.50|fps:rate=0.5,max=64",
        "keyframes|keyframes:max=32",
        "qwen|qwen:rule=utils,rate=2,min=4,max=768",
        "qwen:max=16,rule=hf|qwen:rule=hf,rate=2,min=4,max=16",
        "qwen:rule=hf3,rate=0.50,min=2|qwen:rule=hf3,rate=0.5,min=2,max=768",
        "llava_video|llava_video:rate=1,max=64,force=false",
        "llava_video:force=true,max=32|llava_video:rate=1,max=32,force=true"
      })
  void parse_knownSpec_printsTheCanonicalForm(String text, String canonical) {
    SamplingSpec spec = SamplingSpec.parse(text);
    assertEquals(canonical, spec.toString());
    assertEquals(spec, SamplingSpec.parse(canonical));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unifrom:frames=8|known: [fps, keyframes, llava_video, qwen, uniform]",
        "uniform:count=8|unknown key 'count'; uniform takes frames=a whole number from 1 to 4096 (default 32)",
        "uniform:frames=0|a whole number from 1 to 4096",
        "uniform:frames=2.5|a whole number",
        "uniform:frames=x|a whole number from 1 to 4096",
        "uniform:frames=NaN|a whole number from 1 to 4096",
        "uniform:frames|expected name[:key=value",
        "uniform:frames=8,frames=8|each key once",
        "fps:rate=0|a number from 0.000001 to 1000",
        "qwen:rule=hf2|rule in sampling 'qwen:rule=hf2' must be one of [utils, hf, hf3]; got 'hf2'",
        "qwen:rate=1001|a number from 0.000001 to 1000",
        "qwen:min=1|a whole number from 2 to 4096",
        "qwen:max=4097|a whole number from 2 to 4096",
        "qwen:min=9,max=8|min must be at most max; got min=9,max=8",
        "qwen:frames=8|unknown key 'frames'; qwen takes rule=one of [utils, hf, hf3] (default utils), rate=",
        "llava_video:rate=-1|a number from 0.000001 to 1000",
        "llava_video:max=0|a whole number from 1 to 4096",
        "llava_video:force=yes|must be one of [false, true]",
        "llava_video:fps=1|unknown key 'fps'; llava_video takes rate=a number"
      })
  void parse_badSpec_saysWhatIsAllowed(String text, String expected) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> SamplingSpec.parse(text));
    assertTrue(e.getMessage().contains(expected), e.getMessage());
  }

  /** numpy.linspace(0, count - 1, frames, dtype=int) as numpy 2 gives it. */
  @Test
  void uniform_countsOfFrames_followNumpy() {
    assertArrayEquals(new int[] {0, 3, 6, 9}, choose("uniform:frames=4", 10));
    assertArrayEquals(new int[] {0, 0, 0, 1, 1, 2}, choose("uniform:frames=6", 3));
    assertArrayEquals(new int[] {0}, choose("uniform:frames=1", 300));
    assertArrayEquals(new int[] {0, 0, 0}, choose("uniform:frames=3", 1));
    assertArrayEquals(new int[] {0, 129, 259, 389}, choose("uniform:frames=4", 390));
  }

  @Test
  void fps_evenVideo_takesTheFrameOnScreenAtEachTick() {
    assertArrayEquals(new int[] {0, 25, 50, 75}, choose("fps:rate=1,max=64", 100));
    assertArrayEquals(new int[] {0, 10, 20}, choose("fps:rate=2.5,max=64", 30));
    assertArrayEquals(new int[] {0, 25, 75}, choose("fps:rate=1,max=3", 100));
  }

  /** Two frames at 30 a second are 33333.3 microseconds apart. */
  @Test
  void fps_lastTickOfWhichMicrosecondsRoundDown_counts() {
    for (int rate : new int[] {24, 30, 60, 120}) {
      for (int count = 2; count < 200; count++) {
        long[] pts = new long[count];
        for (int i = 0; i < count; i++) {
          pts[i] = Math.round(i * 1e6 / rate);
        }
        int[] chosen =
            SamplingSpec.parse("fps:rate=%d,max=1000".formatted(rate))
                .sampler()
                .choose(new FrameTimes(pts, new boolean[count], rate));
        assertArrayEquals(IntStream.range(0, count).toArray(), chosen, count + " at " + rate);
      }
    }
  }

  @Test
  void fps_unevenTimes_takesTheLastFrameAtOrBefore() {
    FrameTimes times =
        new FrameTimes(new long[] {0, 900_000, 1_000_000, 2_700_000}, new boolean[4], 1.5);
    assertArrayEquals(
        new int[] {0, 2, 2}, SamplingSpec.parse("fps:rate=1,max=9").sampler().choose(times));
  }

  @Test
  void keyframes_moreThanWanted_areThinnedEvenly() {
    assertArrayEquals(new int[] {0, 10, 20}, choose("keyframes:max=9", 25));
    assertArrayEquals(new int[] {0, 40, 90}, choose("keyframes:max=3", 100));
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void choose_randomTimes_givesAscendingFramesWithinTheLimit(String name) {
    Sampler sampler = SamplingSpec.parse(name).sampler();
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      int count = 1 + random.nextInt(500);
      long[] pts = random.longs(count, 0, 90_000_000).sorted().toArray();
      boolean[] key = new boolean[count];
      for (int i = 0; i < count; i += 1 + random.nextInt(20)) {
        key[i] = true;
      }
      double rate = Math.exp(random.nextDouble() * 8 - 3);
      int[] chosen = sampler.choose(new FrameTimes(pts, key, rate));
      assertTrue(
          chosen.length >= 1 && chosen.length <= sampler.maxFrames(), name + " seed " + seed);
      for (int i = 0; i < chosen.length; i++) {
        int least = i == 0 ? 0 : chosen[i - 1];
        assertTrue(chosen[i] >= least && chosen[i] < count, name + " seed " + seed);
      }
    }
  }

  static List<String> samplers() {
    return Samplers.names();
  }

  /**
   * Compares what a sampler takes of a video whose frames all last equally long.
   *
   * @param rate of the video, frames per second
   * @param indices in ascending order, with blanks between
   */
  static void assertChosen(String spec, int total, double rate, String indices) {
    long[] pts = LongStream.range(0, total).map(i -> Math.round(i * 1e6 / rate)).toArray();
    Sampler sampler = SamplingSpec.parse(spec).sampler();
    int[] expected = Arrays.stream(indices.split(" ")).mapToInt(Integer::parseInt).toArray();
    assertArrayEquals(
        expected, sampler.choose(new FrameTimes(pts, new boolean[total], rate)), spec);
    assertTrue(expected.length <= sampler.maxFrames(), spec);
  }

  /** Of a video at 25 frames per second with a keyframe every ten frames. */
  private static int[] choose(String spec, int count) {
    boolean[] key = new boolean[count];
    for (int i = 0; i < count; i += 10) {
      key[i] = true;
    }
    long[] pts = LongStream.range(0, count).map(i -> i * 40_000).toArray();
    return SamplingSpec.parse(spec).sampler().choose(new FrameTimes(pts, key, 25));
  }
}

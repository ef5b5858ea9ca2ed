package io.tokenreel.video.ffmpeg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Clocks that start again, jump, and only seem to. A frame lasts 40 here. */
class ClockJoinsTest {

  private static final int KEY_EVERY = 6;
  private static final long JUMP = 10_000;

  /** A part of 12 frames, some of them reordered, whose first packet is a keyframe. */
  private static long[] part(long first) {
    long[] pts = new long[12];
    for (int i = 0; i < pts.length; i++) {
      int inGroup = i % KEY_EVERY;
      int place = inGroup == 0 || inGroup == KEY_EVERY - 1 ? i : i % 2 == 1 ? i + 1 : i - 1;
      pts[i] = first + 40L * place;
    }
    return pts;
  }

  private static long[] join(long[]... parts) {
    return Arrays.stream(parts).flatMapToLong(Arrays::stream).toArray();
  }

  private static BitSet keys(long[] pts) {
    BitSet keys = new BitSet();
    IntStream.iterate(0, i -> i < pts.length, i -> i + KEY_EVERY).forEach(keys::set);
    return keys;
  }

  private static long[] continued(long jump, long... pts) {
    return new ClockJoins(pts, keys(pts), jump).continued(40);
  }

  private static long[] atOnce(long first, int parts) {
    long[][] all = new long[parts][];
    for (int i = 0; i < parts; i++) {
      all[i] = part(first + 12L * 40 * i);
    }
    return join(all);
  }

  @Test
  void continued_oneClock_isLeftAsItIs() {
    long[] pts = atOnce(7, 3);
    assertArrayEquals(pts, continued(JUMP, pts));
    assertEquals(new BitSet(), new ClockJoins(pts, keys(pts), JUMP).starts());
  }

  @Test
  void continued_clockThatStartsAgain_goesOnAfterOneFrame() {
    long[] joined = join(part(1000), part(1000), part(400));
    assertArrayEquals(atOnce(1000, 3), continued(Long.MAX_VALUE, joined));
  }

  @Test
  void continued_clockThatGoesBackByOneFrame_goesOn() {
    assertArrayEquals(atOnce(0, 2), continued(JUMP, join(part(0), part(10 * 40))));
  }

  @Test
  void continued_clockThatJumpsAhead_goesOnWhereTheFormatAllowsIt() {
    long[] joined = join(part(0), part(5_000_000));
    assertArrayEquals(atOnce(0, 2), continued(JUMP, joined));
    assertArrayEquals(joined, continued(Long.MAX_VALUE, joined));
  }

  @Test
  void continued_clockThatJumpsBackWithoutAKeyframe_goesOnWhereTheFormatAllowsIt() {
    long[] cut = Arrays.copyOfRange(part(0), 1, 12);
    long[] joined = join(part(5_000_000), cut);
    long[] whole = atOnce(5_000_000, 2);
    long shift = whole[11] + 40 - Arrays.stream(cut).min().getAsLong();
    long[] expected = join(part(5_000_000), Arrays.stream(cut).map(pts -> pts + shift).toArray());
    assertArrayEquals(expected, continued(JUMP, joined));
  }

  @Test
  void continued_pauseBelowTheJump_stays() {
    long[] paused = join(part(0), part(9_000));
    assertArrayEquals(paused, continued(JUMP, paused));
  }

  @Test
  void continued_oneWrongTime_beginsNoPart() {
    for (long wrong : new long[] {3, 50_000_000, -50_000_000}) {
      long[] pts = atOnce(1000, 3);
      pts[KEY_EVERY * 3] = wrong;
      assertArrayEquals(pts, continued(JUMP, pts), "time " + wrong);
      assertArrayEquals(pts, continued(Long.MAX_VALUE, pts), "time " + wrong);
    }
  }

  @Test
  void continued_partsOfOneFrame_lastAsLongAsAPacketSays() {
    long[] pts = {0, 0, 0, 0};
    BitSet keys = new BitSet();
    keys.set(0, 4);
    assertArrayEquals(pts, new ClockJoins(pts, keys, JUMP).continued(40));
    long[] back = {900_000, 0, 40, 80};
    assertArrayEquals(
        new long[] {900_000, 900_040, 900_080, 900_120},
        new ClockJoins(back, keys, JUMP).continued(40));
  }
}

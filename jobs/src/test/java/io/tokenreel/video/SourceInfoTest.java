package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceInfoTest {

  @ParameterizedTest
  @ValueSource(doubles = {0, -25, Double.NaN, Double.POSITIVE_INFINITY})
  void rate_noNumberAboveZero_isRefused(double rate) {
    for (Runnable made :
        new Runnable[] {
          () -> new SourceInfo(1, rate), () -> new FrameTimes(new long[1], new boolean[1], rate)
        }) {
      String message = assertThrows(IllegalArgumentException.class, made::run).getMessage();
      assertTrue(message.contains("finite number above 0; got " + rate), message);
    }
  }

  @Test
  void frames_none_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> new SourceInfo(0, 25));
  }

  @Test
  void source_ofTimes_hasTheirNumberAndRate() {
    assertEquals(new SourceInfo(2, 7.5), new FrameTimes(new long[2], new boolean[2], 7.5).source());
  }

  @Test
  void frames_indicesOfAnotherNumber_areRefused() {
    FrameSize size = new FrameSize(1, 1);
    SourceInfo source = new SourceInfo(9, 25);
    assertThrows(
        IllegalArgumentException.class,
        () -> new Frames(size, new byte[6], new long[2], new int[1], source));
  }
}

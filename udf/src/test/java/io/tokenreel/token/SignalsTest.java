package io.tokenreel.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SignalsTest {

  /** Two frames of three tokens. */
  private static final TokenShape SHAPE = new TokenShape(2, 1, 3, 4);

  private static void assertRefused(Map<String, Signal> signals, String message) {
    var error = assertThrows(IllegalArgumentException.class, () -> Signals.of(SHAPE, signals));
    assertEquals(message, error.getMessage());
  }

  @Test
  void of_signalsOfEachForm_givesThemByName() {
    Signal attention = Signal.perToken(1, 2, 3, 4, 5, 6);
    Signal keys = new Signal(Signal.Per.TOKEN, 2, new float[12]);
    Signal frames = new Signal(Signal.Per.FRAME, 5, new float[10]);
    Signals signals =
        Signals.of(
            SHAPE, Map.of("metric", keys, "attn_received", attention, "frame_global", frames));
    assertEquals(List.of("attn_received", "frame_global", "metric"), List.copyOf(signals.names()));
    assertSame(keys, signals.signal("metric"));
    assertSame(frames, signals.signal("frame_global"));
    assertSame(attention.values(), signals.perToken("attn_received"));
  }

  @Test
  void of_anotherNumberOfValues_saysWhatTheShapeAsksFor() {
    assertRefused(
        Map.of("attn_received", Signal.perToken(1, 2, 3)),
        "signal 'attn_received' must hold 1 numbers for each of 6 tokens; got 3 in all");
    assertRefused(
        Map.of("frame_global", new Signal(Signal.Per.FRAME, 5, new float[12])),
        "signal 'frame_global' must hold 5 numbers for each of 2 frames; got 12 in all");
  }

  @Test
  void of_numbersThatAreNotFinite_namesTheTokenOrFrame() {
    assertRefused(
        Map.of("attn_received", Signal.perToken(1, 2, 3, 4, Float.NaN, 6)),
        "signal 'attn_received' must be finite; token (frame 1, token 1) holds NaN");
    assertRefused(
        Map.of(
            "frame_global",
            new Signal(Signal.Per.FRAME, 2, new float[] {0, 0, Float.POSITIVE_INFINITY, 0})),
        "signal 'frame_global' must be finite; frame 1 holds Infinity");
  }

  @Test
  void signal_nameThatIsNotThere_listsThoseThatAre() {
    Signals signals = Signals.of(SHAPE, Map.of("a", Signal.perToken(new float[6])));
    var other = assertThrows(IllegalArgumentException.class, () -> signals.signal("b"));
    assertEquals("no signal 'b' was given; there are [a]", other.getMessage());
    var none = assertThrows(IllegalArgumentException.class, () -> Signals.none().signal("b"));
    assertEquals("no signal 'b' was given; there are []", none.getMessage());
    assertTrue(Signals.none().names().isEmpty());
  }

  @Test
  void perToken_wideSignal_saysItsForm() {
    Signals signals =
        Signals.of(SHAPE, Map.of("metric", new Signal(Signal.Per.TOKEN, 2, new float[12])));
    var error = assertThrows(IllegalArgumentException.class, () -> signals.perToken("metric"));
    assertEquals(
        "signal 'metric' must be one number per token; got 2 per token", error.getMessage());
  }

  @Test
  void signal_withoutWidth_isRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new Signal(Signal.Per.TOKEN, 0, new float[0]));
  }
}

package io.tokenreel.model.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Passes that are no model's; a GPU is only named, never used. */
class FrameRunnerTest {

  private final List<Integer> passes = Collections.synchronizedList(new ArrayList<>());

  /** A frame is two bytes, its value their sum. */
  private void sum(ByteBuffer rgb, FloatBuffer values) {
    passes.add(rgb.remaining() / 2);
    while (values.hasRemaining()) {
      values.put(rgb.get() + rgb.get());
    }
  }

  @Test
  void run_onAGpu_makesPassesOfTheAskedSizeAndFillsUpTheLast() {
    byte[] rgb = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    try (FrameRunner runner = new FrameRunner(Device.gpu(), 3, 2, 1, this::sum)) {
      assertArrayEquals(new float[] {3, 7, 11, 15, 19}, runner.run(rgb, 5));
    }
    assertEquals(List.of(3, 3), passes);
  }

  @Test
  void run_onTheCpu_makesPassesOfOneFrame() {
    try (FrameRunner runner = new FrameRunner(Device.cpu(), 3, 2, 1, this::sum)) {
      assertArrayEquals(new float[] {3, 7}, runner.run(new byte[] {1, 2, 3, 4}, 2));
    }
    assertEquals(List.of(1, 1), passes);
  }

  @Test
  void run_passThatThrows_isAFailureOfTheFrameButAnErrorStaysOne() {
    assertEquals(
        EngineException.class,
        assertThrows(IllegalStateException.class, () -> runThrowing(new EngineException("no")))
            .getCause()
            .getClass());
    assertThrows(UnsatisfiedLinkError.class, () -> runThrowing(new UnsatisfiedLinkError("no")));
  }

  private static void runThrowing(Throwable failure) {
    FrameRunner.Pass pass =
        (rgb, values) -> {
          if (failure instanceof Error error) {
            throw error;
          }
          throw (RuntimeException) failure;
        };
    try (FrameRunner runner = new FrameRunner(Device.cpu(), 1, 2, 1, pass)) {
      runner.run(new byte[2], 1);
    }
  }
}

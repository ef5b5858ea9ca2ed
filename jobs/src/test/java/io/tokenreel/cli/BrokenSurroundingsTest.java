package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.model.DeviceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BrokenSurroundingsTest {

  @Test
  void of_causeThatSaysItAll_isOneLine() {
    assertEquals(
        Optional.of("unknown host: namenode"),
        BrokenSurroundings.of(
            new IllegalStateException(
                "a defect?",
                new UncheckedIOException(new UnknownHostException("namenode\nat more")))));
    assertEquals(
        Optional.of("No space left on device"),
        BrokenSurroundings.of(new IOException("No space left on device")));
    assertEquals(
        Optional.of("no libtorch.so there"),
        BrokenSurroundings.of(
            new IllegalStateException("a task", new DeviceException("no libtorch.so there"))));
  }

  @Test
  void of_defect_isNone() {
    assertEquals(
        Optional.empty(), BrokenSurroundings.of(new IllegalStateException(new IOException("x"))));
    assertEquals(Optional.empty(), BrokenSurroundings.of(new NullPointerException()));
  }
}

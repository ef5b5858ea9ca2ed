package io.tokenreel.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.util.Optional;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;

class BrokenSurroundingsTest {

  @Test
  void of_causeThatSaysItAll_isOneLine() {
    assertEquals(
        Optional.of("permission denied: /data/cache"),
        BrokenSurroundings.of(
            new IllegalStateException(
                "a defect?", new UncheckedIOException(new AccessDeniedException("/data/cache")))));
    assertEquals(
        Optional.of("permission denied: user=a, access=WRITE"),
        BrokenSurroundings.of(new AccessControlException("user=a, access=WRITE\nat more")));
    assertEquals(
        Optional.of("unknown host: namenode"),
        BrokenSurroundings.of(new IOException(new UnknownHostException("namenode"))));
    assertEquals(
        Optional.of("No space left on device"),
        BrokenSurroundings.of(new IOException("No space left on device")));
  }

  @Test
  void of_defect_isNone() {
    assertEquals(
        Optional.empty(), BrokenSurroundings.of(new IllegalStateException(new IOException("x"))));
    assertEquals(Optional.empty(), BrokenSurroundings.of(new NullPointerException()));
  }
}

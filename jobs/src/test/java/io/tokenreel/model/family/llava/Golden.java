package io.tokenreel.model.family.llava;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.safetensors.SafetensorsFile;
import io.tokenreel.testing.Fixtures;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The tiny checkpoint with what Transformers computes from it. */
final class Golden {

  static final Path FOLDER = Fixtures.LLAVA_ONEVISION;
  static final int FRAMES = 6;

  private static final SafetensorsFile EXPECTED =
      SafetensorsFile.open(FOLDER.resolve("expected.safetensors"));

  private Golden() {}

  static float[] floats(String name) {
    return EXPECTED.tensor(name).floats();
  }

  /** {@code [FRAMES][70][70][3]}. */
  static byte[] resized() {
    ByteBuffer data = EXPECTED.tensor("resized").data();
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    return bytes;
  }

  /** Compares the first {@code expected.length} values; a NaN differs from everything. */
  static void assertClose(String name, float[] expected, float[] actual, double tolerance) {
    assertTrue(expected.length > 0 && actual.length >= expected.length, name);
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs((double) expected[i] - actual[i]);
      worst = difference <= worst ? worst : difference;
    }
    assertTrue(worst <= tolerance, name + " differs by " + worst + ", allowed " + tolerance);
  }

  static void assertSameBits(String name, float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length, name);
    for (int i = 0; i < expected.length; i++) {
      int at = i;
      assertEquals(
          Float.floatToRawIntBits(expected[i]),
          Float.floatToRawIntBits(actual[i]),
          () -> name + " at " + at);
    }
  }
}

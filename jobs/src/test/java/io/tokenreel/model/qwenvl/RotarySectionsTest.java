package io.tokenreel.model.qwenvl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which axis a frequency reads. */
class RotarySectionsTest {

  @Test
  void contiguous_sections_followEachOther() {
    assertArrayEquals(new int[] {0, 0, 1, 1, 1, 2, 2, 2}, RotarySections.contiguous(16, 2, 3, 3));
    int[] published = RotarySections.contiguous(128, 16, 24, 24);
    assertArrayEquals(
        IntStream.range(0, 64).map(i -> i < 16 ? 0 : i < 40 ? 1 : 2).toArray(), published);
  }

  @Test
  void interleaved_sections_takeTurnsWithTime() {
    assertArrayEquals(
        new int[] {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 0, 0}, RotarySections.interleaved(24, 6, 3, 3));
    int[] published = RotarySections.interleaved(128, 24, 20, 20);
    assertArrayEquals(IntStream.range(0, 64).map(i -> i < 60 ? i % 3 : 0).toArray(), published);
    assertEquals(24, Arrays.stream(published).filter(axis -> axis == 0).count());
  }

  @Test
  void sections_thatAreNotHalfAHead_areAnErrorThatNamesThem() {
    for (int[] sections : new int[][] {{2, 3}, {2, 3, 4}, {-2, 5, 5}, {}}) {
      for (String message :
          new String[] {
            assertThrows(
                    IllegalArgumentException.class, () -> RotarySections.contiguous(16, sections))
                .getMessage(),
            assertThrows(
                    IllegalArgumentException.class, () -> RotarySections.interleaved(16, sections))
                .getMessage()
          }) {
        assertTrue(message.contains("half a head's 16"), message);
        assertTrue(message.endsWith("got " + Arrays.toString(sections)), message);
      }
    }
    String message =
        assertThrows(IllegalArgumentException.class, () -> RotarySections.interleaved(16, 1, 3, 4))
            .getMessage();
    assertTrue(message.contains("[1, 3, 4]"), message);
  }
}

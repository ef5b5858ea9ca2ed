package io.tokenreel.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenShapeTest {

  @ParameterizedTest
  @CsvSource({"0 5 11, true", "11 0, false", "5 5, false", "12, false", "-1, false"})
  void holds_places_ascendingWithinTheGrid(String places, boolean expected) {
    int[] parsed = Arrays.stream(places.split(" ")).mapToInt(Integer::parseInt).toArray();
    assertEquals(expected, new TokenShape(2, 2, 3, 1).holds(parsed));
  }

  @Test
  void new_moreTokensThanAnIntCounts_areRefused() {
    assertEquals(Integer.MAX_VALUE, new TokenShape(1, 1, Integer.MAX_VALUE, 1).tokens());
    var error =
        assertThrows(
            IllegalArgumentException.class, () -> new TokenShape(65536, 2, 16384, 1).tokens());
    assertTrue(error.getMessage().contains("got 65536 * 2 * 16384"), error.getMessage());
  }
}

package io.tokenreel.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeedOrderTest {

  private static final TokenShape PLAIN = new TokenShape(2, 6, 2, 3, 1);
  private static final TokenShape NEWLINES = new TokenShape(2, 8, 2, 3, 1); // newlines: 3 7, 11 15

  private static int[] places(String text) {
    return text.isEmpty()
        ? new int[0]
        : Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
  }

  @ParameterizedTest
  @CsvSource({
    "'', true, true",
    "0 1 5 11, true, true",
    "0 3 7 11, true, true",
    "0 2 4 3 7 8 11 15, false, true", // the released code's order
    "4 3, false, true",
    "3 4, true, true",
    "3 0, false, false",
    "7 3, false, false",
    "1 1, false, false",
    "8 0, false, false",
    "-1 0, false, false",
    "12, false, true",
    "16, false, false"
  })
  void holds_places_asTheGridAllows(String places, boolean plain, boolean newlines) {
    assertEquals(plain, FeedOrder.holds(places(places), PLAIN));
    assertEquals(newlines, FeedOrder.holds(places(places), NEWLINES));
  }

  @Test
  void isNewline_places_areTheRowsEnds() {
    assertTrue(FeedOrder.isNewline(3, NEWLINES) && FeedOrder.isNewline(15, NEWLINES));
    assertFalse(FeedOrder.isNewline(4, NEWLINES) || FeedOrder.isNewline(3, PLAIN));
  }
}

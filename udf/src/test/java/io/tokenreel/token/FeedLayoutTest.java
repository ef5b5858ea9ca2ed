package io.tokenreel.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FeedLayoutTest {

  /** Two frames of two rows of three tokens. */
  private static final TokenShape SHAPE = new TokenShape(2, 2, 3, 2);

  private static final float[] ROW = {0.5f, -3.14159f};

  private static FeedLayout layout(FeedLayout.Kind kind) {
    return kind == FeedLayout.Kind.PLAIN ? FeedLayout.plain() : new FeedLayout(kind, ROW);
  }

  private static int[] places(String text) {
    return Arrays.stream(text.split(" "))
        .filter(place -> !place.isEmpty())
        .mapToInt(Integer::parseInt)
        .toArray();
  }

  /** The kept places with a bar for each of the model's own rows. */
  private static String fed(FeedLayout layout, int[] kept) {
    return Arrays.stream(layout.order(kept, SHAPE))
        .mapToObj(i -> i == FeedLayout.CONSTANT ? "|" : String.valueOf(kept[i]))
        .collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "PLAIN, 0 4 11, 0 4 11",
    "PLAIN, '', ''",
    "CLOSING, 0 4 11, 0 4 11 |",
    "CLOSING, '', |",
    "LINE_ENDS, 0 4 5 6 11, 0 4 5 | | 6 11 | |",
    "LINE_ENDS, 0 1 2 3 4 5 6 7 8 9 10 11, 0 1 2 | 3 4 5 | 6 7 8 | 9 10 11 |",
    "LINE_ENDS, 7, | | 7 | |",
    "LINE_ENDS, '', | | | |",
    "LINE_ENDS_IN_PLACE, 0 2 4 11, 0 2 | 4 | | 11 |",
    "LINE_ENDS_IN_PLACE, '', | | | |",
  })
  void order_keptPlaces_haveTheModelsRowsWhereTheKindSays(
      FeedLayout.Kind kind, String kept, String expected) {
    assertEquals(expected, fed(layout(kind), places(kept)));
  }

  @ParameterizedTest
  @EnumSource(TokenFormat.class)
  void feed_eachFormat_roundsTheModelsRowsAsTokens(TokenFormat format) {
    float[] values = new float[(int) SHAPE.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    TokenBlock block = TokenBlock.ofFloats(SHAPE, values).as(format);
    CompressedTokens kept = block.keep(new Kept(new int[] {4, 7}), format);
    CompressedTokens fed = layout(FeedLayout.Kind.LINE_ENDS).feed(kept, SHAPE);
    assertArrayEquals(new int[] {4, -1, -1, 7, -1, -1}, fed.index());
    float[] r = ROW;
    float[] expected = {8, 9, r[0], r[1], r[0], r[1], 14, 15, r[0], r[1], r[0], r[1]};
    assertArrayEquals(StoredRows.of(format, 2, expected).decode(), fed.rows().decode());
    assertSame(kept, FeedLayout.plain().feed(kept, SHAPE));
  }

  /** Kept rows keep their codes; each plane of the model's rows has a scale of its own. */
  @Test
  void feed_planesWithScales_areCopiedAndQuantised() {
    TokenShape shape = new TokenShape(1, 1, 1, 1, 2);
    byte[] scales = TokenFormat.F32.encode(new float[] {0.5f, 4});
    CompressedTokens kept =
        new CompressedTokens(
            2, new int[] {0}, new StoredRows(TokenFormat.INT8, 1, new byte[] {3, -2}, scales));
    FeedLayout layout = new FeedLayout(FeedLayout.Kind.CLOSING, new float[] {127, -254});
    CompressedTokens fed = layout.feed(kept, shape);
    assertArrayEquals(new byte[] {3, -2, 127, -127}, fed.data());
    assertArrayEquals(new float[] {1.5f, -8, 127, -254}, fed.rows().decode());
    assertArrayEquals(new int[] {0, -1}, fed.index());
  }

  @Test
  void feed_closingRows_areAllThere() {
    CompressedTokens kept =
        new CompressedTokens(1, new int[] {0}, StoredRows.of(TokenFormat.F32, 1, new float[1]));
    FeedLayout layout = new FeedLayout(FeedLayout.Kind.CLOSING, new float[] {1, 2, 3});
    CompressedTokens fed = layout.feed(kept, new TokenShape(1, 1, 1, 1));
    assertArrayEquals(new float[] {0, 1, 2, 3}, TokenFormat.F32.decode(fed.data()));
  }

  @Test
  void feed_otherChannels_saysHowMany() {
    CompressedTokens kept =
        new CompressedTokens(3, new int[0], StoredRows.of(TokenFormat.F32, 3, new float[0]));
    assertRefused(
        "must have the grid's 2 channels; got 2 numbers and 3 channels",
        () -> layout(FeedLayout.Kind.CLOSING).feed(kept, SHAPE));
  }

  @Test
  void new_rowsThatTheKindHasNot_areRefused() {
    assertRefused(
        "a plain layout has no rows of its own", () -> new FeedLayout(FeedLayout.Kind.PLAIN, ROW));
    assertRefused(
        "got closing with 0 numbers", () -> new FeedLayout(FeedLayout.Kind.CLOSING, new float[0]));
  }

  @Test
  void of_labels_areThoseOfTheKinds() {
    for (FeedLayout.Kind kind : FeedLayout.Kind.values()) {
      assertEquals(kind, FeedLayout.Kind.of(kind.label()));
    }
    assertRefused("[plain, closing, line-ends, line-ends-in-place]", () -> FeedLayout.Kind.of("x"));
  }

  private static void assertRefused(String part, Runnable call) {
    var error = assertThrows(IllegalArgumentException.class, call::run);
    assertTrue(error.getMessage().contains(part), error.getMessage());
  }
}

package io.tokenreel.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.testing.RandomBlocks;
import io.tokenreel.testing.RandomBlocks.Kind;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows with scales, to the byte. */
class StoredRowsTest {

  private static final long SEED = 20261129;

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** The largest magnitude gives the scale 1, so that numbers are their own quotients. */
  @Test
  void of_int8_roundsHalfToEvenWithin127() {
    StoredRows rows =
        StoredRows.of(
            TokenFormat.INT8,
            10,
            new float[] {127, 0.5f, 1.5f, -0.5f, -1.5f, 2.5f, 126.5f, -126.5f, -0f, 0.49999997f});
    assertEquals("7f000200fe027e820000", hex(rows.data()));
    assertEquals("0000803f", hex(rows.scales()));
  }

  /** The largest magnitude gives the scale 1. */
  @Test
  void of_fp8_roundsHalfToEven() {
    StoredRows rows =
        StoredRows.of(
            TokenFormat.FP8,
            8,
            new float[] {-448, 1, 1.0625f, 1.1875f, -0.001953125f, 0.0009765625f, 432, -0f});
    assertEquals("fe38383a81007e80", hex(rows.data()));
    assertEquals("0000803f", hex(rows.scales()));
  }

  @ParameterizedTest
  @CsvSource({"INT8, 127", "FP8, 448"})
  void of_scale_isTheLargestMagnitudeOverTheLargestCode(TokenFormat format, float largest) {
    Random random = new Random(SEED);
    for (int i = 0; i < 1000; i++) {
      float[] row = new float[5];
      for (int channel = 0; channel < 5; channel++) {
        row[channel] =
            (float) (random.nextGaussian() * StrictMath.pow(10, random.nextInt(60) - 30));
      }
      row[3] = row[4] * 0.9f;
      float max = 0;
      for (float value : row) {
        max = Math.max(max, Math.abs(value));
      }
      StoredRows stored = StoredRows.of(format, 5, row);
      assertEquals(max / largest, stored.scale(0), "seed " + SEED + ", row " + i);
      byte[] extreme = format == TokenFormat.INT8 ? new byte[] {127, -127} : new byte[] {126, -2};
      for (int channel = 0; channel < 5; channel++) {
        if (Math.abs(row[channel]) == max) {
          assertEquals(extreme[row[channel] > 0 ? 0 : 1], stored.data()[channel], "row " + i);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = TokenFormat.class,
      names = {"INT8", "FP8"})
  void of_zeros_haveTheScaleZero(TokenFormat format) {
    StoredRows rows = StoredRows.of(format, 3, new float[] {0, -0f, 0, 1, 2, 3});
    assertEquals(0f, rows.scale(0));
    assertEquals("00000000", hex(rows.scales()).substring(0, 8));
    float[] values = rows.decode();
    for (int channel = 0; channel < 3; channel++) {
      assertEquals(0.0, Math.abs(values[channel]));
    }
    assertEquals(3f, values[5]);
  }

  /** So small that the scale is no float32 but 0. */
  @ParameterizedTest
  @EnumSource(
      value = TokenFormat.class,
      names = {"INT8", "FP8"})
  void of_numbersBelowEveryScale_areZeros(TokenFormat format) {
    StoredRows rows = StoredRows.of(format, 2, new float[] {Float.MIN_VALUE, -Float.MIN_VALUE});
    assertEquals(0f, rows.scale(0));
    assertEquals(0f, rows.decode()[0]);
  }

  @Test
  void decode_int8_isWithinHalfAScale() {
    for (Kind kind : new Kind[] {Kind.NORMAL, Kind.HUGE}) {
      TokenBlock block = RandomBlocks.of(kind, 4, 9, 97, SEED);
      float[] values = block.rows().decode();
      StoredRows stored = block.as(TokenFormat.INT8).rows();
      float[] read = stored.decode();
      for (int i = 0; i < values.length; i++) {
        // Quotient and product are rounded to float32, by less than a unit of the largest number.
        double bound = stored.scale(i / 97) / 2.0 + Math.ulp(stored.scale(i / 97) * 127);
        assertTrue(
            Math.abs((double) values[i] - read[i]) <= bound,
            "%s, seed %d, channel %d: %s for %s".formatted(kind, SEED, i, read[i], values[i]));
      }
    }
  }

  @Test
  void decode_fp8_isWithinASixteenthOfTheNumberOrHalfAUnit() {
    TokenBlock block = RandomBlocks.of(Kind.NORMAL, 4, 9, 97, SEED);
    float[] values = block.rows().decode();
    StoredRows stored = block.as(TokenFormat.FP8).rows();
    float[] read = stored.decode();
    for (int i = 0; i < values.length; i++) {
      double unit = stored.scale(i / 97) * 0x1p-10;
      double bound = Math.max(Math.abs(values[i]) / 16, unit) + Math.ulp(values[i]);
      assertTrue(
          Math.abs((double) values[i] - read[i]) <= bound,
          "seed %d, channel %d: %s for %s".formatted(SEED, i, read[i], values[i]));
    }
  }

  @ParameterizedTest
  @EnumSource(TokenFormat.class)
  void as_severalPlanes_haveAScaleEach(TokenFormat format) {
    TokenShape shape = new TokenShape(1, 1, 2, 3, 2);
    float[] values = {127, -1, 2, 1270, 10, 30, 254, 2, 6, 0, 0, 0};
    TokenBlock block = TokenBlock.ofFloats(shape, values).as(format);
    assertEquals(format.bytes(shape), block.data().length + block.scales().length);
    if (format == TokenFormat.INT8) {
      assertEquals("7fff02" + "7f0103" + "7f0103" + "000000", hex(block.data()));
      assertEquals("0000803f" + "00002041" + "00000040" + "00000000", hex(block.scales()));
    }
    float[] expected = new float[12];
    for (int plane = 0; plane < 4; plane++) {
      float[] own = Arrays.copyOfRange(values, plane * 3, plane * 3 + 3);
      System.arraycopy(StoredRows.of(format, 3, own).decode(), 0, expected, plane * 3, 3);
    }
    assertArrayEquals(expected, block.rows().decode());
    CompressedTokens kept = block.keep(new Kept(new int[] {1}), format);
    assertEquals(2, kept.planes());
    assertArrayEquals(Arrays.copyOfRange(expected, 6, 12), kept.rows().decode());
  }

  /** Quantising what was read again would move codes; kept rows are not read. */
  @ParameterizedTest
  @EnumSource(
      value = TokenFormat.class,
      names = {"INT8", "FP8"})
  void keep_sameFormat_copiesCodesAndScales(TokenFormat format) {
    TokenShape shape = new TokenShape(1, 1, 3, 4);
    byte[] data = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}; // no row reaches the largest code
    byte[] scales = TokenFormat.F32.encode(new float[] {0.1f, 0.2f, 0.3f});
    TokenBlock block = new TokenBlock(shape, format, data, scales);
    CompressedTokens kept = block.keep(new Kept(new int[] {0, 2}), format);
    assertEquals("01020304090a0b0c", hex(kept.data()));
    assertEquals(hex(TokenFormat.F32.encode(new float[] {0.1f, 0.3f})), hex(kept.scales()));
    byte[] again = StoredRows.of(format, 4, block.rows().decode()).data();
    assertNotEquals(hex(data), hex(again));
  }

  @ParameterizedTest
  @CsvSource({
    "INT8, NaN",
    "INT8, Infinity",
    "INT8, -Infinity",
    "FP8, NaN",
    "FP8, Infinity",
    "FP8, -Infinity"
  })
  void as_numberThatIsNotFinite_namesTheToken(TokenFormat format, float bad) {
    TokenBlock block =
        TokenBlock.ofFloats(new TokenShape(2, 1, 2, 2), new float[] {0, 0, 0, 0, 1, bad, 1, 1});
    String message =
        "token (frame 1, token 0) holds %s in channel 1, and %s has finite numbers alone"
            .formatted(bad, format.label());
    assertRefused(message, () -> block.as(format));
    assertRefused(message, () -> block.keep(new Kept(new int[] {0, 2}), format));
    assertRefused("is finite", () -> StoredRows.of(format, 2, new float[] {0, bad}));
  }

  @Test
  void as_numberThatInt8WouldReadAsInfinite_isRefused() {
    TokenShape shape = new TokenShape(1, 1, 1, 1);
    float most = Math.nextDown(Float.MAX_VALUE);
    TokenBlock block = TokenBlock.ofFloats(shape, new float[] {Float.MAX_VALUE});
    assertRefused("too large for int8", () -> block.as(TokenFormat.INT8));
    for (TokenFormat format : new TokenFormat[] {TokenFormat.INT8, TokenFormat.FP8}) {
      TokenBlock large = TokenBlock.ofFloats(shape, new float[] {most}).as(format);
      assertTrue(Float.isFinite(large.rows().decode()[0]), format.label());
    }
    assertTrue(Float.isFinite(block.as(TokenFormat.FP8).rows().decode()[0]));
  }

  @Test
  void new_otherScales_saysHowManyBytes() {
    byte[] six = new byte[6];
    assertRefused(
        "scales of 2 int8 rows must hold 8 bytes, a float32 per row; got 4",
        () -> new StoredRows(TokenFormat.INT8, 3, six, new byte[4]));
    assertRefused(
        "scales of 1 f16 rows must hold 0 bytes, for the format has none; got 4",
        () -> new StoredRows(TokenFormat.F16, 3, six, new byte[4]));
    assertRefused(
        "must hold a multiple of 4 bytes; got 6",
        () -> new StoredRows(TokenFormat.FP8, 4, six, new byte[4]));
    TokenShape shape = new TokenShape(1, 1, 2, 3);
    assertRefused("got 0", () -> new TokenBlock(shape, TokenFormat.INT8, six));
    assertRefused("use StoredRows", () -> TokenFormat.INT8.decode(six));
    assertRefused("use StoredRows", () -> TokenFormat.FP8.encode(new float[2]));
  }

  @Test
  void writer_rowsBeyondAnArray_saysHowManyBytesTheyTake() {
    assertRefused(
        "2048 rows of 1048576 channels as f32 take 8589934592 bytes",
        () -> new StoredRows.Writer(TokenFormat.F32, 1 << 20, 1 << 11));
  }

  @Test
  void keep_placesThatDoNotAscend_areRefused() {
    TokenBlock block =
        new TokenBlock(new TokenShape(1, 1, 2, 3), TokenFormat.BF16, new byte[2 * 3 * 2]);
    for (int[] places : new int[][] {{1, 0}, {0, 0}, {0, 2}, {-1}}) {
      assertRefused(
          "in ascending order; got [", () -> block.keep(new Kept(places), TokenFormat.BF16));
    }
  }

  private static void assertRefused(String part, Runnable call) {
    var error = assertThrows(IllegalArgumentException.class, call::run);
    assertTrue(error.getMessage().contains(part), error.getMessage());
  }
}

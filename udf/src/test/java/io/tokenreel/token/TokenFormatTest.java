package io.tokenreel.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenFormatTest {

  private static final long SEED = 20261121;
  private static final Kept ALL_FOUR = new Kept(new int[] {0, 1, 2, 3});

  @Test
  void f16_everyPattern_survivesTheRoundTrip() {
    for (int bits = 0; bits <= 0xffff; bits++) {
      float value = HalfPrecision.fromF16((short) bits);
      if (Float.isNaN(value)) {
        assertTrue(Float.isNaN(HalfPrecision.fromF16(HalfPrecision.toF16(value))));
      } else {
        assertEquals((short) bits, HalfPrecision.toF16(value), Integer.toHexString(bits));
      }
    }
  }

  @Test
  void f16_everyFinitePattern_isSignTimesFractionTimesPowerOfTwo() {
    for (int bits = 0; bits < 0x7c00; bits++) {
      int exponent = bits >> 10;
      double expected =
          exponent == 0
              ? (bits & 0x3ff) * 0x1p-24
              : Math.scalb(1 + (bits & 0x3ff) / 1024.0, exponent - 15);
      assertEquals(expected, HalfPrecision.fromF16((short) bits), Integer.toHexString(bits));
      assertEquals(-expected, HalfPrecision.fromF16((short) (bits | 0x8000)));
    }
  }

  @Test
  void f16_betweenNeighbours_roundsToNearestEven() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      float low = HalfPrecision.fromF16((short) bits);
      float high = HalfPrecision.fromF16((short) (bits + 1));
      float middle = (low + high) / 2;
      int even = bits % 2 == 0 ? bits : bits + 1;
      assertEquals((short) even, HalfPrecision.toF16(middle), Integer.toHexString(bits));
      assertEquals((short) bits, HalfPrecision.toF16(Math.nextDown(middle)));
      assertEquals((short) (bits + 1), HalfPrecision.toF16(Math.nextUp(middle)));
    }
  }

  @Test
  void f16_beyondItsRange_isInfinity() {
    assertEquals((short) 0x7bff, HalfPrecision.toF16(Math.nextDown(65520f)));
    assertEquals((short) 0x7c00, HalfPrecision.toF16(65520f));
    assertEquals((short) 0xfc00, HalfPrecision.toF16(-3e38f));
    assertEquals((short) 0x8000, HalfPrecision.toF16(-Float.MIN_VALUE));
  }

  @Test
  void bf16_everyPattern_survivesTheRoundTrip() {
    for (int bits = 0; bits <= 0xffff; bits++) {
      float value = HalfPrecision.fromBf16((short) bits);
      if (Float.isNaN(value)) {
        assertTrue(Float.isNaN(HalfPrecision.fromBf16(HalfPrecision.toBf16(value))));
      } else {
        assertEquals((short) bits, HalfPrecision.toBf16(value), Integer.toHexString(bits));
      }
    }
  }

  @Test
  void bf16_ties_goToEven() {
    assertEquals((short) 0x3f80, HalfPrecision.toBf16(Float.intBitsToFloat(0x3f808000)));
    assertEquals((short) 0x3f82, HalfPrecision.toBf16(Float.intBitsToFloat(0x3f818000)));
    assertEquals((short) 0x3f81, HalfPrecision.toBf16(Float.intBitsToFloat(0x3f808001)));
    assertEquals((short) 0x7f80, HalfPrecision.toBf16(Float.MAX_VALUE));
    assertTrue(Float.isNaN(HalfPrecision.fromBf16(HalfPrecision.toBf16(quietlessNaN()))));
    assertTrue(Float.isNaN(HalfPrecision.fromF16(HalfPrecision.toF16(quietlessNaN()))));
  }

  /** A NaN whose payload lies only in the bits that narrowing drops. */
  private static float quietlessNaN() {
    return Float.intBitsToFloat(0x7f800001);
  }

  @Test
  void gather_sameDtype_copiesBytes() {
    byte[] data = new byte[2 * 3 * 5 * 2];
    new Random(SEED).nextBytes(data);
    TokenBlock block = new TokenBlock(new TokenShape(2, 1, 3, 5), TokenFormat.F16, data);
    CompressedTokens kept = block.keep(new Kept(new int[] {0, 4, 5}), TokenFormat.F16);
    byte[] expected = new byte[30];
    System.arraycopy(data, 0, expected, 0, 10);
    System.arraycopy(data, 40, expected, 10, 20);
    assertArrayEquals(expected, kept.data());
    assertArrayEquals(new int[] {0, 4, 5}, kept.index());
  }

  @Test
  void gather_otherDtype_rounds() {
    TokenBlock block =
        TokenBlock.ofFloats(new TokenShape(1, 1, 2, 2), new float[] {1, 2, 3.14159f, -65519});
    Kept second = new Kept(new int[] {1});
    assertArrayEquals(
        new float[] {3.140625f, -65504},
        TokenFormat.F16.decode(block.keep(second, TokenFormat.F16).data()));
    assertArrayEquals(
        new float[] {3.140625f, -65536},
        TokenFormat.BF16.decode(block.keep(second, TokenFormat.BF16).data()));
  }

  @Test
  void gather_numberTooLargeForTheDtype_namesTheToken() {
    TokenShape shape = new TokenShape(2, 1, 2, 2);
    TokenBlock f16 = TokenBlock.ofFloats(shape, new float[] {0, 0, 0, 0, 0, 0, 1, -65520});
    String token =
        "token (frame 1, token 1) holds -65520.0 in channel 1, which is too large for f16";
    assertRefused(token, () -> f16.keep(ALL_FOUR, TokenFormat.F16));
    assertRefused("as f32 or bf16", () -> f16.keep(ALL_FOUR, TokenFormat.F16));
    assertRefused(token, () -> f16.as(TokenFormat.F16));
    assertArrayEquals(
        new int[] {0, 1, 2}, f16.keep(new Kept(new int[] {0, 1, 2}), TokenFormat.F16).index());

    TokenBlock bf16 = TokenBlock.ofFloats(shape, new float[] {0, 0, 0, 0, 3.4e38f, 0, 0, 0});
    assertRefused("frame 1, token 0) holds 3.4E38", () -> bf16.as(TokenFormat.BF16));
    assertRefused("store the tokens as f32", () -> bf16.as(TokenFormat.BF16));
  }

  @Test
  void overflows_eachDtype_isWhatNarrowingMakesInfinite() {
    for (TokenFormat dtype : new TokenFormat[] {TokenFormat.F16, TokenFormat.BF16}) {
      float edge = dtype == TokenFormat.F16 ? 65520f : 0x1.ffp127f;
      for (float value : new float[] {Math.nextDown(edge), edge, Float.MAX_VALUE}) {
        float stored = dtype.decode(dtype.encode(new float[] {value}))[0];
        assertEquals(Float.isInfinite(stored), dtype.overflows(value), dtype + " " + value);
        assertEquals(Float.isInfinite(stored), dtype.overflows(-value), dtype + " " + value);
      }
    }
    assertFalse(TokenFormat.F32.overflows(Float.MAX_VALUE));
    assertFalse(TokenFormat.F16.overflows(Float.NaN));
    assertFalse(TokenFormat.F16.overflows(Float.POSITIVE_INFINITY));
    assertTrue(TokenFormat.INT8.overflows(-Float.MAX_VALUE));
    assertFalse(TokenFormat.INT8.overflows(Math.nextDown(Float.MAX_VALUE)));
    assertFalse(TokenFormat.FP8.overflows(Float.MAX_VALUE));
  }

  private static void assertRefused(String part, Runnable call) {
    var error = assertThrows(IllegalArgumentException.class, call::run);
    assertTrue(error.getMessage().contains(part), error.getMessage());
  }

  @Test
  void gather_indexOutside_names_it() {
    TokenBlock block = TokenBlock.ofFloats(new TokenShape(1, 1, 2, 1), new float[2]);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> block.keep(new Kept(new int[] {2}), TokenFormat.F32));
    assertTrue(
        e.getMessage().contains("0 to 1, each once and in ascending order; got [2]"),
        e.getMessage());
  }

  @Test
  void decode_oddBytes_saysWhatIsExpected() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> TokenFormat.F32.decode(new byte[5]));
    assertTrue(e.getMessage().contains("multiple of 4 bytes; got 5"), e.getMessage());
  }
}

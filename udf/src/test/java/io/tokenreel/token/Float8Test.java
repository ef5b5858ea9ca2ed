package io.tokenreel.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class Float8Test {

  private static final int LARGEST = 0x7e;

  @Test
  void toFloat_everyCode_isSignTimesFractionTimesPowerOfTwo() {
    for (int code = 0; code <= LARGEST; code++) {
      int exponent = code >> 3;
      double expected =
          exponent == 0 ? (code & 7) * 0x1p-9 : Math.scalb(1 + (code & 7) / 8.0, exponent - 7);
      assertEquals(expected, Float8.toFloat((byte) code), Integer.toHexString(code));
      assertEquals(-expected, Float8.toFloat((byte) (code | 0x80)), Integer.toHexString(code));
    }
    assertEquals(448f, Float8.toFloat((byte) LARGEST));
    assertTrue(Float.isNaN(Float8.toFloat((byte) 0x7f)));
    assertTrue(Float.isNaN(Float8.toFloat((byte) 0xff)));
  }

  @Test
  void ofFloat_everyCodesValue_isTheCode() {
    for (int code = 0; code <= 0xff; code++) {
      assertEquals((byte) code, Float8.ofFloat(Float8.toFloat((byte) code)), "code " + code);
    }
  }

  @Test
  void ofFloat_betweenNeighbours_roundsToNearestEven() {
    for (int code = 0; code < LARGEST; code++) {
      float middle = (Float8.toFloat((byte) code) + Float8.toFloat((byte) (code + 1))) / 2;
      int even = code % 2 == 0 ? code : code + 1;
      assertEquals((byte) even, Float8.ofFloat(middle), "code " + code);
      assertEquals((byte) (even | 0x80), Float8.ofFloat(-middle), "code " + code);
      assertEquals((byte) code, Float8.ofFloat(Math.nextDown(middle)), "code " + code);
      assertEquals((byte) (code + 1), Float8.ofFloat(Math.nextUp(middle)), "code " + code);
    }
  }

  @Test
  void ofFloat_beyondItsRange_isTheLargestValue() {
    for (float value : new float[] {449, 464, 480, 1e30f, Float.POSITIVE_INFINITY}) {
      assertEquals((byte) LARGEST, Float8.ofFloat(value), "value " + value);
      assertEquals((byte) 0xfe, Float8.ofFloat(-value), "value " + value);
    }
    assertEquals((byte) 0, Float8.ofFloat(Float.MIN_VALUE));
    assertEquals((byte) 0x80, Float8.ofFloat(-0f));
  }
}

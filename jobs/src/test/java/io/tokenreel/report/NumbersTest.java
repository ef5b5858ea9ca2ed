package io.tokenreel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class NumbersTest {

  @Test
  void print_numbers_asPapersDo() {
    assertEquals("58.5", Numbers.fixed(58.49, 1));
    assertEquals("−3.20", Numbers.fixed(-3.2, 2));
    assertEquals("+0.0", Numbers.signed(0, 1));
    assertEquals("12,345", Numbers.whole(12345));
    assertEquals("25.0%", Numbers.percent(0.25));
    assertEquals("0.031", Numbers.pValue(0.03125));
    assertEquals("< 0.001", Numbers.pValue(1e-9));
    assertEquals("343.0 MiB", Numbers.bytes(343.0 * (1 << 20)));
    assertEquals("1.0 KiB", Numbers.bytes(1024));
    assertEquals("12 B", Numbers.bytes(12));
  }

  @Test
  void print_noNumber_isADash() {
    assertEquals("–", Numbers.fixed(Double.NaN, 1));
    assertEquals("–", Numbers.signed(Double.NaN, 1));
    assertEquals("–", Numbers.whole(Double.NaN));
    assertEquals("–", Numbers.percent(Double.NaN));
    assertEquals("–", Numbers.bytes(Double.NaN));
    assertEquals("–", Numbers.pValue(Double.NaN));
  }
}

package io.tokenreel.eval.stat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class ClusteredMeanTest {

  @Test
  void percentOf_zeroOrNone_isNull() {
    ClusteredMean half = new ClusteredMean(2, 2, 0.5, 0.1);
    assertEquals(200.0, half.percentOf(new ClusteredMean(2, 2, 0.25, 0.1)));
    assertNull(half.percentOf(new ClusteredMean(2, 2, 0, 0)));
    assertNull(half.percentOf(null));
  }
}

package io.tokenreel.eval.stat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class AverageTest {

  @Test
  void strata_micro_isOneWithoutName() {
    assertEquals(List.of(""), Average.MICRO.strata());
    assertEquals(List.of("a", "b"), Average.macro("type", List.of("a", "b")).strata());
  }

  @Test
  void macro_dimensionWithoutValuesOrValuesWithoutDimension_saysToNameBoth() {
    for (Runnable wrong :
        List.<Runnable>of(
            () -> Average.macro("type", List.of()), () -> Average.macro("", List.of("a")))) {
      Exception error = assertThrows(IllegalArgumentException.class, wrong::run);
      assertTrue(error.getMessage().contains("name both"), error.getMessage());
    }
  }

  @Test
  void macro_valueTwice_saysToNameItOnce() {
    Exception error =
        assertThrows(
            IllegalArgumentException.class, () -> Average.macro("type", List.of("a", "b", "a")));
    assertTrue(error.getMessage().contains("[a, b, a]"), error.getMessage());
  }
}

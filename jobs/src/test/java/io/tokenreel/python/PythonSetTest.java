package io.tokenreel.python;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code list(set(...))} of CPython 3.11 gives. */
class PythonSetTest {

  @Test
  void order_numbersBelowTheTablesSize_isBySize() {
    assertEquals(List.of(0, 1, 2), PythonSet.order(List.of(2, 1, 2, 0)));
    assertEquals(List.of(), PythonSet.order(List.of()));
  }

  @Test
  void order_numbersAboveTheTablesSize_isTheHashTables() {
    assertEquals(List.of(8, 1, 17), PythonSet.order(List.of(8, 1, 17)));
    assertEquals(List.of(32, 64, 10, 43, 21, 54), PythonSet.order(List.of(10, 21, 32, 43, 54, 64)));
    assertEquals(List.of(39, 7, 15, 23, 31), PythonSet.order(List.of(7, 15, 23, 31, 39)));
  }
}

package io.tokenreel.python;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The order in which CPython's {@code list(set(numbers))} gives whole numbers from 0 on: that of
 * the places of an open hash table (Objects/setobject.c, the same since 3.7), which is by size only
 * as long as no number reaches the table's size.
 */
public final class PythonSet {

  private static final int SMALLEST = 8;
  private static final int LINEAR_PROBES = 9;
  private static final int PERTURB_SHIFT = 5;
  private static final int MANY = 50_000;
  private static final int NONE = -1;

  private int[] table = filled(SMALLEST); // (place)
  private int used;

  private PythonSet() {}

  private static int[] filled(int size) {
    int[] table = new int[size];
    Arrays.fill(table, NONE);
    return table;
  }

  /** The different ones of these numbers, in the set's order. */
  public static List<Integer> order(List<Integer> numbers) {
    PythonSet set = new PythonSet();
    numbers.forEach(set::add);
    List<Integer> order = new ArrayList<>();
    for (int number : set.table) {
      if (number != NONE) {
        order.add(number);
      }
    }
    return order;
  }

  private void add(int number) {
    int place = place(number);
    if (table[place] == number) {
      return;
    }
    table[place] = number;
    used++;
    if (used * 5L >= (table.length - 1) * 3L) {
      grow(used > MANY ? used * 2 : used * 4);
    }
  }

  /** Where a number is, or else belongs. A number is its own hash. */
  private int place(int number) {
    int mask = table.length - 1;
    long perturb = number;
    int place = number & mask;
    while (true) {
      int last = place + LINEAR_PROBES <= mask ? place + LINEAR_PROBES : place;
      for (int probe = place; probe <= last; probe++) {
        if (table[probe] == NONE || table[probe] == number) {
          return probe;
        }
      }
      perturb >>= PERTURB_SHIFT;
      place = (int) (place * 5L + 1 + perturb & mask);
    }
  }

  private void grow(int least) {
    int size = SMALLEST;
    while (size <= least) {
      size *= 2;
    }
    int[] old = table;
    table = filled(size);
    for (int number : old) {
      if (number != NONE) {
        table[place(number)] = number;
      }
    }
  }
}

package io.tokenreel.stage;

import java.util.List;
import org.apache.spark.sql.Row;

/**
 * Arrays in struct columns. Between two stages Spark may hand rows on as they are: arrays are then
 * those that the stage before gave, and Scala's otherwise.
 */
final class StructArrays {

  private StructArrays() {}

  static long[] longs(Row struct, int place) {
    return struct.get(place) instanceof long[] own
        ? own
        : struct.<Long>getList(place).stream().mapToLong(Long::longValue).toArray();
  }

  static int[] ints(Row struct, int place) {
    if (struct.get(place) instanceof int[] own) {
      return own;
    }
    List<Integer> values = struct.getList(place);
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}

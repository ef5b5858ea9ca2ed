package io.tokenreel.cache.store;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Keys that a table has already, of the videos of one wave: rows that have them are not written
 * again.
 */
public final class CommittedKeys implements Serializable {

  private static final long serialVersionUID = 1;

  /** No keys. */
  public static final CommittedKeys NONE = new CommittedKeys(List.of(), Set.of());

  private final List<String> columns;
  private final Set<List<String>> keys;

  private CommittedKeys(List<String> columns, Set<List<String>> keys) {
    this.columns = columns;
    this.keys = keys;
  }

  /**
   * The rows of a Dataset, which are brought to the driver.
   *
   * @param keys whose columns are strings; no more rows than a wave's videos have in a table
   */
  public static CommittedKeys of(Dataset<Row> keys) {
    List<String> columns = List.of(keys.columns());
    Set<List<String>> found = new HashSet<>();
    for (Row key : keys.collectAsList()) {
      found.add(key(key, columns.stream().mapToInt(key::fieldIndex).toArray()));
    }
    return new CommittedKeys(columns, found);
  }

  /** Whether there are none. */
  boolean isEmpty() {
    return keys.isEmpty();
  }

  /** Where the keys' columns are in rows of a schema. */
  int[] columns(StructType schema) {
    return columns.stream().mapToInt(schema::fieldIndex).toArray();
  }

  /**
   * Whether a row has one of the keys.
   *
   * @param at {@link #columns(StructType)} of its schema
   */
  boolean has(Row row, int[] at) {
    return keys.contains(key(row, at));
  }

  private static List<String> key(Row row, int[] at) {
    return Arrays.stream(at).mapToObj(row::getString).toList();
  }
}

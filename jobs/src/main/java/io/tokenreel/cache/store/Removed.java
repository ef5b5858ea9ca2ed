package io.tokenreel.cache.store;

import io.tokenreel.cache.CacheTable;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a removal took, or would take, out of a cache.
 *
 * @param rows by table, for each table that exists
 * @param freedBytes bytes that the tables' files have fewer; 0 where a catalog has them
 * @param expiry statements by which the owner of a catalog's tables has the rows out of their past
 */
public record Removed(Map<CacheTable, Long> rows, long freedBytes, List<String> expiry) {

  public Removed {
    rows = Collections.unmodifiableMap(new EnumMap<>(rows));
    expiry = List.copyOf(expiry);
  }

  /** Rows of all tables. */
  public long total() {
    return rows.values().stream().mapToLong(Long::longValue).sum();
  }
}

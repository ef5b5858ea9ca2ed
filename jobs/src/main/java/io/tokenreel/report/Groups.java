package io.tokenreel.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Grouping that keeps the order in which things come first. */
final class Groups {

  private Groups() {}

  static <K, V> Map<K, List<V>> by(Function<V, K> key, List<V> all) {
    return all.stream()
        .collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
  }
}

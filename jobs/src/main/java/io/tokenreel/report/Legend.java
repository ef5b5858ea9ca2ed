package io.tokenreel.report;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Example;
import io.tokenreel.eval.result.Result;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What all parts of a report share: the order of its cells, the names that they go by, and how
 * their lines look. A method has one colour throughout.
 */
final class Legend {

  private final List<Cell> cells;
  private final List<String> compressions;
  private final List<String> methods;
  private final List<String> kvs;
  private final Map<String, String> kvNames;

  private Legend(Set<Cell> cells, Set<String> compressions) {
    this.cells = List.copyOf(cells);
    this.compressions = List.copyOf(compressions);
    this.methods = compressions.stream().map(Method::atAnyShare).distinct().toList();
    this.kvs =
        Stream.concat(Stream.of(Cell.ALL_KEYS), cells.stream().map(Cell::kv)).distinct().toList();
    this.kvNames = shortNames(kvs);
  }

  /** In the order of the results; what only examples have comes last. */
  static Legend of(List<Result> results, List<Example> examples) {
    Set<Cell> cells = new LinkedHashSet<>();
    results.forEach(result -> cells.add(result.cell()));
    Set<String> compressions = new LinkedHashSet<>();
    cells.forEach(cell -> compressions.add(cell.compression()));
    for (Example example : examples) {
      example.selections().forEach(kept -> compressions.add(kept.compression()));
      example.questions().forEach(asked -> asked.answers().forEach(said -> cells.add(said.cell())));
    }
    cells.forEach(cell -> compressions.add(cell.compression()));
    return new Legend(cells, compressions);
  }

  /** A spec's own name where no other spec has it. */
  private static Map<String, String> shortNames(List<String> specs) {
    Map<String, Long> uses =
        specs.stream().collect(Collectors.groupingBy(Legend::name, Collectors.counting()));
    Map<String, String> names = new LinkedHashMap<>();
    specs.forEach(spec -> names.put(spec, uses.get(name(spec)) == 1 ? name(spec) : spec));
    return names;
  }

  private static String name(String spec) {
    int colon = spec.indexOf(':');
    return colon < 0 ? spec : spec.substring(0, colon);
  }

  /** The KV caches that are named for short, with their specs. */
  List<Page.Fact> abbreviations() {
    List<Page.Fact> facts = new ArrayList<>();
    kvNames.forEach(
        (spec, name) -> {
          if (!spec.equals(name)) {
            facts.add(new Page.Fact("KV " + name, spec));
          }
        });
    return facts;
  }

  Comparator<Cell> order() {
    return Comparator.comparingInt(cells::indexOf);
  }

  Comparator<String> compressionOrder() {
    return Comparator.comparingInt(compressions::indexOf);
  }

  /** The KV cache as it is written beside a compression; empty for all keys and values. */
  String kv(String spec) {
    return spec.equals(Cell.ALL_KEYS) ? "" : "KV " + kvNames.getOrDefault(spec, spec);
  }

  Style style(Method method) {
    return Style.ofMethod(methods.indexOf(method.compression()), kvs.indexOf(method.kv()));
  }

  /** Of a compression at its share, among the others of its method. */
  Style style(String compression) {
    String method = Method.atAnyShare(compression);
    List<String> settings =
        compressions.stream().filter(one -> Method.atAnyShare(one).equals(method)).toList();
    return Style.ofSetting(methods.indexOf(method), settings.indexOf(compression));
  }

  Figure.Key key(Method method) {
    String kv = kv(method.kv());
    return Figure.Key.of(
        style(method), kv.isEmpty() ? method.compression() : method.compression() + ", " + kv);
  }
}

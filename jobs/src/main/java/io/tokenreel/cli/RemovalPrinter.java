package io.tokenreel.cli;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.store.Removed;
import io.tokenreel.eval.task.PlainJson;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** Says what was removed from a cache: text, or one JSON object on standard output. */
final class RemovalPrinter {

  private static final int MAX_PRINTED = 20;

  private final CommandLine command;
  private final SessionOptions options;

  RemovalPrinter(CommandLine command, SessionOptions options) {
    this.command = command;
    this.options = options;
  }

  /**
   * Prints a removal.
   *
   * @param what was done to the rows
   * @param counted name of the count, in the JSON object
   * @param named name of the list, in the JSON object
   */
  void print(
      Removed removed, String what, String counted, int count, String named, List<String> names) {
    if (options.json()) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put(counted, count);
      object.put(named, names);
      Map<String, Long> rows = new LinkedHashMap<>();
      removed.rows().forEach((table, number) -> rows.put(table.folder(), number));
      object.put("rows", rows);
      object.put("freed_bytes", removed.freedBytes());
      object.put("to_run", removed.expiry());
      json(object);
      return;
    }
    if (options.quiet()) {
      return;
    }
    PrintWriter out = command.getOut();
    for (Map.Entry<CacheTable, Long> table : removed.rows().entrySet()) {
      out.printf("%s: %d rows %s%n", table.getKey().folder(), table.getValue(), what);
    }
    if (removed.freedBytes() > 0) {
      out.printf("%d bytes freed%n", removed.freedBytes());
    }
    if (!names.isEmpty()) {
      out.printf(
          "%s: %s%s%n",
          named.replace('_', ' '),
          String.join(", ", names.stream().limit(MAX_PRINTED).toList()),
          names.size() > MAX_PRINTED ? " and %d more".formatted(names.size() - MAX_PRINTED) : "");
    }
    if (!removed.expiry().isEmpty()) {
      out.println("The catalog keeps the removed rows in its past until you run:");
      removed.expiry().forEach(statement -> out.println("  " + statement + ";"));
    }
    out.flush();
  }

  /** Prints that videos are taken again. */
  void lifted(int count, List<String> unlisted) {
    if (options.json()) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("lifted", count);
      object.put("not_forgotten", unlisted);
      json(object);
    } else if (!options.quiet()) {
      PrintWriter out = command.getOut();
      out.printf("%d videos are taken again%n", count);
      if (!unlisted.isEmpty()) {
        out.printf("were not forgotten: %s%n", String.join(", ", unlisted));
      }
      out.flush();
    }
  }

  private void json(Map<String, Object> object) {
    command.getOut().println(PlainJson.write(object));
    command.getOut().flush();
  }
}

package io.tokenreel.report;

import io.tokenreel.eval.result.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Numbers of cells: a row per cell, columns in groups.
 *
 * @param title names it where it is folded
 * @param groups over the columns; one without a name where they need none
 */
record NumberTable(
    String id,
    String title,
    String caption,
    List<Group> groups,
    List<Column> columns,
    List<Row> rows) {

  /** Columns under one heading. */
  record Group(String name, List<Column> columns) {

    static Group of(String name, Column... columns) {
      return new Group(name, List.of(columns));
    }
  }

  /** How a number of a result is called and printed. */
  record Column(String name, Function<Result, String> text) {}

  /** A cell's numbers as they are printed, in the order of the columns. */
  record Row(CellName cell, List<String> numbers) {}

  static NumberTable of(
      String id,
      String title,
      String caption,
      List<Group> groups,
      List<Result> results,
      Legend legend) {
    List<Column> columns = groups.stream().flatMap(group -> group.columns.stream()).toList();
    List<Row> rows = new ArrayList<>();
    for (Result result : results) {
      rows.add(
          new Row(
              CellName.of(result.cell(), legend),
              columns.stream().map(column -> column.text.apply(result)).toList()));
    }
    return new NumberTable(id, title, caption, groups, columns, rows);
  }

  /** Whether columns have headings over them. Public, for the template calls it. */
  public boolean hasGroups() {
    return groups.size() > 1;
  }
}

package io.tokenreel.report;

import io.tokenreel.eval.result.Example;
import io.tokenreel.eval.result.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The report's table of scores for a terminal: the same rows and numbers, in aligned columns. */
public final class TextTable {

  private static final String GAP = "  ";

  private TextTable() {}

  /**
   * A table per model and sampling, with what was found below it.
   *
   * @param results at least one
   */
  public static String of(List<Result> results) {
    Legend legend = Legend.of(results, List.<Example>of());
    StringBuilder text = new StringBuilder();
    for (Setup setup : Setup.all(results, legend)) {
      text.append("%n%s, %s%n".formatted(setup.model(), setup.sampling()));
      lines(setup.table())
          .forEach(line -> text.append(line.stripTrailing()).append("%n".formatted()));
      for (Findings findings : setup.findings()) {
        text.append("%n%s: %s%n".formatted(findings.task(), findings.asked()));
        findings.found().forEach(one -> text.append("  %s %s%n".formatted(one.cell(), one.text())));
      }
    }
    return text.toString();
  }

  private static List<String> lines(ScoreTable table) {
    List<List<String>> rows = new ArrayList<>();
    List<String> heading = new ArrayList<>(List.of("compression", "KV", "tokens"));
    for (ScoreTable.Heading column : table.columns()) {
      heading.add(column.name());
      heading.add("retained");
    }
    if (table.meanOf() > 0) {
      heading.add("mean retained");
    }
    heading.add("lacking");
    rows.add(heading);
    for (ScoreTable.Group group : table.groups()) {
      group.rows().forEach(row -> rows.add(cells(row, table)));
    }
    int[] widths =
        IntStream.range(0, heading.size())
            .map(i -> rows.stream().mapToInt(row -> row.get(i).length()).max().orElse(0))
            .toArray();
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static List<String> cells(ScoreTable.Row row, ScoreTable table) {
    String kv = row.cell().kv();
    List<String> cells =
        new ArrayList<>(
            List.of(
                row.cell().compression(),
                kv.isEmpty() ? "full" : kv.replaceFirst("^KV ", ""),
                row.share()));
    List<String> lacking = new ArrayList<>();
    for (int i = 0; i < row.scores().size(); i++) {
      ScoreView score = row.scores().get(i);
      cells.add(score.score() + score.error());
      cells.add(score.retained());
      String of = row.scores().size() > 1 ? table.columns().get(i).name() + ": " : "";
      if (!score.lacking().isEmpty()) {
        lacking.add(of + String.join(", ", score.lacking()));
      }
    }
    if (table.meanOf() > 0) {
      cells.add(row.meanRetained());
    }
    cells.add(String.join("; ", lacking));
    return cells;
  }

  /** Names to the left, numbers to the right, what is lacking to the left. */
  private static String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String pad = " ".repeat(widths[i] - cells.get(i).length());
      boolean left = i < 2 || i == widths.length - 1;
      line.append(i == 0 ? "" : GAP).append(left ? cells.get(i) + pad : pad + cells.get(i));
    }
    return line.toString();
  }
}

package io.tokenreel.report;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.CellQuestions;
import io.tokenreel.eval.result.Cost;
import io.tokenreel.eval.result.Counts;
import io.tokenreel.eval.result.Difference;
import io.tokenreel.eval.result.Estimate;
import io.tokenreel.eval.result.Example;
import io.tokenreel.eval.result.Quartiles;
import io.tokenreel.eval.result.Result;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A made-up sweep: 12 cells, a benchmark with groups, one that is not scored, two videos. */
final class SampleReport {

  static final long SEED = 7;
  static final List<String> GROUPS =
      List.of("", "duration=short", "duration=medium", "duration=long");

  private static final int QUESTIONS = 900;
  private static final int TOKENS = 6272;
  private static final double MEBI = 1 << 20;

  private SampleReport() {}

  /** Writes the sample report to the path that is given, for a look in a browser. */
  public static void main(String[] args) throws IOException {
    try (OutputStream out = Files.newOutputStream(Path.of(args[0]))) {
      new Report(contents()).write(out);
    }
  }

  /** All that a report can show. */
  static Report.Contents contents() {
    return new Report.Contents(
        "Token compression on made-up answers",
        results(),
        examples(),
        questions(),
        provenance(),
        new Report.Beside("this-sweep", "another-sweep", results().subList(0, 25)));
  }

  private static List<CellQuestions> questions() {
    List<CellQuestions.Shown> shown =
        List.of(
            new CellQuestions.Shown(
                3, "0007.mp4", "Which colour is the disc?", "A. Red", "The disc is blue."),
            new CellQuestions.Shown(8, "0042.mp4", "How many discs are there?", "B. Two", null));
    return cells().stream()
        .map(
            cell ->
                new CellQuestions(
                    cell,
                    "videomme",
                    "lmms-eval-0.3.4",
                    shown,
                    cell.isBaseline() ? List.of() : shown.subList(0, 1),
                    cell.isBaseline() ? List.of() : shown.subList(1, 2)))
        .toList();
  }

  static Cell cell(String compression, String kv) {
    return new Cell("llava-onevision-qwen2-7b@1f2e3d4", "uniform:frames=32", compression, kv);
  }

  static List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    cells.add(cell("none", "full"));
    for (String method : List.of("vidcom2", "uniform", "random")) {
      for (String retention : List.of("0.25", "0.15", "0.05")) {
        cells.add(cell(method + ":retention=" + retention, "full"));
      }
    }
    cells.add(cell("dycoke:prune=0.7", "full"));
    cells.add(cell("dycoke:prune=0.7", "dycoke:prune=0.7,layer=3"));
    return cells;
  }

  static double share(Cell cell) {
    String spec = cell.compression();
    return switch (spec.substring(0, spec.indexOf(':') + 1)) {
      case "" -> 1;
      case "dycoke:" -> 0.4746;
      default -> Double.parseDouble(spec.substring(spec.indexOf('=') + 1)) + 0.0004;
    };
  }

  static Map<String, String> provenance() {
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("sweep", "conf/sweeps/paper.yaml");
    lines.put("writer", "TokenReel 0.1.0");
    lines.put("machine", "1 × 16 cores, Spark local[8]");
    lines.put("finished", "2026-11-21 18:04 UTC");
    return lines;
  }

  static List<Result> results() {
    Random random = new Random(SEED);
    List<Result> results = new ArrayList<>();
    for (Cell cell : cells()) {
      for (String group : GROUPS) {
        results.add(scored(cell, group, random));
      }
      results.add(notScored(cell));
    }
    return results;
  }

  private static Result scored(Cell cell, String group, Random random) {
    double quality = cell.compression().startsWith("vidcom2") ? 0.35 : 0.8;
    double lost =
        cell.isBaseline()
            ? 0
            : quality * 0.2 * (1 - Math.sqrt(share(cell))) + random.nextDouble() / 50;
    double base = 0.585 - 0.06 * GROUPS.indexOf(group);
    double error = group.isEmpty() ? 0.0164 : 0.0285;
    long questions = group.isEmpty() ? QUESTIONS : QUESTIONS / 3;
    long only = Math.round(lost * questions);
    Difference difference =
        new Difference(
            questions - 9, interval(-lost, 0.009), 20 + only, 20, Math.pow(0.02, 40 * lost));
    return new Result(
        cell,
        "videomme",
        "lmms-eval-0.3.4",
        "videomme_perception_score",
        group,
        100,
        new Counts(
            questions, questions / 3, 6, cell.isBaseline() ? 0 : 3, random.nextInt(12), 4, 0),
        interval(base - lost, error),
        cell.isBaseline() ? null : difference,
        cell.isBaseline() ? null : 100 * (base - lost) / base,
        cost(cell),
        null);
  }

  private static Result notScored(Cell cell) {
    return new Result(
        cell,
        "videochatgpt_gen",
        "lmms-eval-0.3.4",
        "gpt_eval_score",
        "",
        1,
        new Counts(500, 250, 0, 0, 0, 0, 0),
        null,
        null,
        null,
        cost(cell),
        null);
  }

  /** A cell on the whole benchmark, with no baseline to set it against. */
  static Result result(Cell cell, Cost cost) {
    Counts counts = new Counts(QUESTIONS, QUESTIONS / 3, 0, 0, 0, 0, 0);
    Estimate score = interval(0.5, 0.01);
    return new Result(
        cell, "videomme", "1", "accuracy", "", 100, counts, score, null, null, cost, null);
  }

  static Estimate interval(double mean, double error) {
    return new Estimate(mean, error, mean - 1.9 * error, mean + 2.0 * error);
  }

  static Cost cost(Cell cell) {
    double tokens = TOKENS * share(cell);
    boolean pruned = !cell.kv().equals("full");
    return new Cost(
        share(cell),
        tokens,
        90 + 0.19 * tokens,
        cell.isBaseline() ? 412.5 : 250 + (pruned ? 0.01 : 0.026) * tokens,
        (120 + tokens) * 57344 * (pruned ? 0.6 : 1),
        tokens * 7168 + MEBI / 2,
        around(85 + 0.19 * tokens),
        around(cell.isBaseline() ? 410 : 245 + (pruned ? 0.01 : 0.026) * tokens),
        around((120 + tokens) * 57344 * (pruned ? 0.6 : 1)),
        pruned ? tokens * 57344 * 0.4 : 0,
        around(pruned ? tokens * 57344 * 0.4 : 0));
  }

  private static Quartiles around(double median) {
    return new Quartiles(0.9 * median, median, 1.2 * median);
  }

  static List<Example> examples() {
    return List.of(
        SampleVideo.of("scenes/0007-red-disc-passes-green-square.mp4", 8, SEED),
        SampleVideo.of("scenes/0042.mp4", 6, SEED + 1));
  }
}

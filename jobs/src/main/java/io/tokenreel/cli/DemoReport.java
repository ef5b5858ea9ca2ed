package io.tokenreel.cli;

import io.tokenreel.files.Quoting;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * What a demo came to.
 *
 * @param folder holds the videos, the questions and the cache
 * @param lines one per question, grouped by video
 * @param totals one per compression, {@value Demo#ALL} first
 * @param renderSeconds wall time of rendering
 * @param precomputeSeconds wall time of decoding, encoding, compressing and writing
 * @param answerSeconds wall time of answering every question twice
 */
record DemoReport(
    String folder,
    List<Line> lines,
    List<Total> totals,
    double renderSeconds,
    double precomputeSeconds,
    double answerSeconds) {

  /**
   * One question, answered twice.
   *
   * @param target the right answer
   * @param tokens visual tokens in the prompt, all of them and a quarter; NULL without an answer
   */
  record Line(
      String videoId,
      String question,
      String target,
      String response,
      Integer tokens,
      String quarterResponse,
      Integer quarterTokens) {}

  /**
   * The answers from one compression's tokens.
   *
   * @param visualTokens mean of a prompt
   */
  record Total(String compression, long questions, long correct, double visualTokens) {}

  void print(PrintWriter out) {
    String video = "";
    for (Line line : lines) {
      if (!line.videoId.equals(video)) {
        video = line.videoId;
        out.printf(
            Locale.ROOT,
            "%n%-42s %-16s %-23s %s%n",
            video,
            "answer",
            "from " + line.tokens + " tokens",
            "from " + line.quarterTokens + " tokens");
      }
      out.printf(
          Locale.ROOT,
          "  %-40s %-16s %-23s %s%n",
          line.question,
          line.target,
          marked(line.response, line.target),
          marked(line.quarterResponse, line.target));
    }
    out.println();
    for (Total total : totals) {
      out.printf(
          Locale.ROOT,
          "%-24s %6.1f tokens a video, %5.1f%% of them: %d of %d right (%.1f%%)%n",
          total.compression,
          total.visualTokens,
          100 * total.visualTokens / totals.get(0).visualTokens,
          total.correct,
          total.questions,
          100.0 * total.correct / total.questions);
    }
    out.printf(
        Locale.ROOT,
        "%nrendered in %.1f s, precomputed in %.1f s, answered in %.1f s%n",
        renderSeconds,
        precomputeSeconds,
        answerSeconds);
    String query =
        "SELECT compression, kind, avg(correct::int) FROM %s GROUP BY ALL"
            .formatted(Quoting.duckDbFiles(folder, "cache/answers/**/*.parquet"));
    out.printf(
        "%nThe videos are in %1$s/videos, the tables in %1$s/cache. Any reader of Parquet queries them:%n"
            + "  bin/tokenreel inspect --cache %2$s%n"
            + "  spark.sql(\"SELECT question, target, response, correct FROM parquet.`%1$s/cache/answers`\")%n"
            + "  duckdb -c %3$s%n",
        folder, Quoting.shellWord(folder + "/cache"), Quoting.inDoubleQuotes(query));
    out.flush();
  }

  private static String marked(String response, String target) {
    return response == null
        ? "no answer: wrong"
        : response + (response.equals(target) ? ": ok" : ": wrong");
  }
}

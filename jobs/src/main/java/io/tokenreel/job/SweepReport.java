package io.tokenreel.job;

import io.tokenreel.eval.report.Report;
import io.tokenreel.eval.result.Example;
import io.tokenreel.eval.result.Result;
import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** {@code report.html} of a sweep's folder. */
final class SweepReport {

  static final String FILE = "report.html";

  private final SparkSession spark;
  private final Path output;

  SweepReport(SparkSession spark, Path output) {
    this.spark = spark;
    this.output = output;
  }

  /** Makes it anew from what the folder holds. */
  Path remake() throws IOException {
    return write(new SweepTables(spark, output).results(), new SweepExamples(spark, output).read());
  }

  /**
   * Writes it.
   *
   * @return where it is
   */
  Path write(List<Result> results, List<Example> examples) throws IOException {
    Path file = UserPath.below(output, FILE);
    try (OutputStream out =
        Stores.of(file, spark.sparkContext().hadoopConfiguration()).create(file, true)) {
      new Report("TokenReel sweep", results, examples, provenance(results)).write(out);
    }
    return file;
  }

  private static Map<String, String> provenance(List<Result> results) {
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("TokenReel", TokenReel.version());
    provenance.put("models", each(results, result -> result.cell().model()));
    provenance.put("frame sampling", each(results, result -> result.cell().sampling()));
    provenance.put(
        "benchmarks", each(results, result -> result.task() + " (" + result.version() + ")"));
    String judges =
        results.stream()
            .filter(result -> result.judging() != null)
            .flatMap(result -> result.judging().models().stream())
            .distinct()
            .collect(Collectors.joining(", "));
    if (!judges.isEmpty()) {
      provenance.put("judges", judges);
    }
    return provenance;
  }

  private static String each(List<Result> results, Function<Result, String> value) {
    return results.stream().map(value).distinct().collect(Collectors.joining(", "));
  }
}

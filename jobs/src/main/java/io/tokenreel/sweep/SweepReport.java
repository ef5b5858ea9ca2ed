package io.tokenreel.sweep;

import io.tokenreel.eval.result.Example;
import io.tokenreel.eval.result.Result;
import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import io.tokenreel.report.Report;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** {@code report.html} of a sweep's folder. */
public final class SweepReport {

  public static final String FILE = "report.html";

  private final SparkSession spark;
  private final Path output;

  public SweepReport(SparkSession spark, Path output) {
    this.spark = spark;
    this.output = output;
  }

  /**
   * Makes it again from what the folder holds.
   *
   * @param beside another sweep's folder to set beside it; null for none
   * @return the results that it shows
   */
  public List<Result> remake(Path beside) throws IOException {
    SweepTables tables = new SweepTables(spark, output);
    List<Result> results = tables.results("--results");
    Report.Beside other =
        beside == null
            ? null
            : new Report.Beside(
                output.getName(),
                beside.getName(),
                new SweepTables(spark, beside).results("--beside"));
    write(results, new SweepExamples(spark, output).read(), tables.samples("--results"), other);
    return results;
  }

  /**
   * Writes it.
   *
   * @param samples rows of {@code samples/}
   * @param beside null for none
   */
  void write(
      List<Result> results, List<Example> examples, Dataset<Row> samples, Report.Beside beside)
      throws IOException {
    FileSystem files = Stores.of(output, spark.sparkContext().hadoopConfiguration());
    Map<String, String> provenance = new LinkedHashMap<>();
    SweepRecord record = SweepRecord.read(files, output);
    if (record != null) {
      provenance.putAll(record.provenance());
    }
    provenance.putAll(provenance(results));
    try (OutputStream out = files.create(file(), true)) {
      new Report(
              new Report.Contents(
                  "TokenReel sweep " + output.getName(),
                  results,
                  examples,
                  SweepQuestions.of(samples),
                  provenance,
                  beside))
          .write(out);
    }
  }

  /** Where it is. */
  public Path file() {
    return UserPath.below(output, FILE);
  }

  private static Map<String, String> provenance(List<Result> results) {
    Map<String, String> provenance = new LinkedHashMap<>();
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

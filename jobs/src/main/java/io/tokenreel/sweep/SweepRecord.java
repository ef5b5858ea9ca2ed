package io.tokenreel.sweep;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_format;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.cache.WriterVersion;
import io.tokenreel.files.UserPath;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * How a sweep's results came to be, as {@code sweep.json} in its folder keeps it for the report.
 *
 * @param command that gives the same sweep, in canonical form
 * @param versions of this program, Spark and Java
 * @param machine of the driver, and the cores at work
 * @param answered when the first and the last answer was given, UTC; empty without one
 */
record SweepRecord(String command, String versions, String machine, String answered) {

  private static final String FILE = "sweep.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Of a sweep that is done.
   *
   * @param samples rows of {@link SweepSamples#of}
   */
  static SweepRecord of(SparkSession spark, SweepSettings settings, Dataset<Row> samples) {
    String minute = "yyyy-MM-dd HH:mm";
    Row when =
        samples
            .agg(
                date_format(min(col("answered_at")), minute),
                date_format(max(col("answered_at")), minute + " z"))
            .first();
    return new SweepRecord(
        settings.command(),
        "TokenReel %s, Spark %s, Java %s"
            .formatted(WriterVersion.text(), spark.version(), System.getProperty("java.version")),
        Machine.describe()
            + "; Spark on %s, %d cores"
                .formatted(
                    spark.sparkContext().master(), spark.sparkContext().defaultParallelism()),
        when.isNullAt(0) ? "" : when.getString(0) + " to " + when.getString(1));
  }

  /** For the page, name to text. */
  Map<String, String> provenance() {
    Map<String, String> lines = new LinkedHashMap<>();
    if (!answered.isEmpty()) {
      lines.put("answered", answered);
    }
    lines.put("command", command);
    lines.put("versions", versions);
    lines.put("machine", machine);
    return lines;
  }

  void write(FileSystem files, Path folder) throws IOException {
    try (OutputStream out = files.create(UserPath.below(folder, FILE), true)) {
      JSON.writeValue(out, this);
    }
  }

  /** What was written; null for a sweep of before it was kept. */
  static SweepRecord read(FileSystem files, Path folder) throws IOException {
    Path file = UserPath.below(folder, FILE);
    if (!files.exists(file)) {
      return null;
    }
    try (InputStream in = files.open(file)) {
      return JSON.readValue(in, SweepRecord.class);
    }
  }
}

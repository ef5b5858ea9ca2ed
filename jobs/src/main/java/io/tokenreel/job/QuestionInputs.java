package io.tokenreel.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.from_json;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.files.Glob;
import io.tokenreel.files.SparkFiles;
import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;

/**
 * The questions of a job: files with {@code video_id, question_id, question}, optionally {@code
 * options} (a list; in .csv a JSON list) and {@code answer}, and columns that pass through.
 */
final class QuestionInputs {

  private static final List<String> REQUIRED = List.of("video_id", "question_id", "question");
  private static final Set<String> OWN =
      Set.of("video_id", "question_id", "question", "options", "answer");
  private static final ArrayType OPTIONS = DataTypes.createArrayType(DataTypes.StringType);

  private QuestionInputs() {}

  /**
   * Reads questions.
   *
   * @return {@code video_id, question_id, question, options, target} and columns that pass through
   * @throws SettingsException when a file is not there, lacks a column, or two questions of a video
   *     have one id
   */
  static Dataset<Row> read(SparkSession spark, List<String> files) {
    Dataset<Row> all = null;
    for (String file : files) {
      Dataset<Row> rows = normal(file, open(spark, file));
      all = all == null ? rows : all.unionByName(rows, true);
    }
    requireSound(all);
    return all;
  }

  private static Dataset<Row> open(SparkSession spark, String file) {
    return matches(spark, file).stream()
        .map(match -> open(spark, file, match))
        .reduce((rows, more) -> rows.unionByName(more, true))
        .orElseThrow(() -> new SettingsException("--questions %s does not exist".formatted(file)));
  }

  private static List<Path> matches(SparkSession spark, String file) {
    Path path = UserPath.of(file);
    try {
      return Glob.nameOrMatches(Stores.of(path, spark.sparkContext().hadoopConfiguration()), path)
          .stream()
          .map(FileStatus::getPath)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("--questions " + file + " cannot be read", e);
    }
  }

  private static Dataset<Row> open(SparkSession spark, String file, Path match) {
    String name = match.getName();
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    SparkFiles files = SparkFiles.of(spark);
    try {
      return switch (ending) {
        case "csv" ->
            files.options(Map.of("header", "true", "escape", "\"", "multiLine", "true")).csv(match);
        case "jsonl" -> files.json(match);
        case "parquet" -> files.parquet(match);
        default ->
            throw new SettingsException(
                "--questions %s: expected a file that ends in .csv, .jsonl or .parquet"
                    .formatted(file));
      };
    } catch (Exception e) {
      if (e instanceof AnalysisException missing) {
        throw new SettingsException(
            "--questions %s: %s".formatted(file, missing.getSimpleMessage()));
      }
      throw e;
    }
  }

  private static Dataset<Row> normal(String file, Dataset<Row> rows) {
    List<String> columns = Arrays.asList(rows.columns());
    if (!columns.containsAll(REQUIRED)) {
      throw new SettingsException(
          "--questions %s must have columns %s; its columns are %s"
              .formatted(file, REQUIRED, columns));
    }
    List<String> clashes =
        columns.stream()
            .filter(name -> !OWN.contains(name))
            .filter(
                name ->
                    Arrays.stream(CacheTable.ANSWERS.schema().fieldNames())
                        .anyMatch(name::equalsIgnoreCase))
            .toList();
    if (!clashes.isEmpty()) {
      throw new SettingsException(
          "--questions %s: columns %s have the names of columns of answers/; rename them"
              .formatted(file, clashes));
    }
    Dataset<Row> named = rows;
    for (String name : REQUIRED) {
      named = named.withColumn(name, col(name).cast("string"));
    }
    return named
        .withColumn("options", options(file, columns, rows))
        .withColumn("target", columns.contains("answer") ? col("answer").cast("string") : text())
        .drop("answer");
  }

  private static Column options(String file, List<String> columns, Dataset<Row> rows) {
    if (!columns.contains("options")) {
      return lit(null).cast(OPTIONS);
    }
    DataType type = rows.schema().apply("options").dataType();
    if (type instanceof StringType) {
      // A text that is no JSON list becomes NULL; a question must not lose its options unnoticed.
      Column parsed = from_json(col("options"), OPTIONS);
      long broken =
          rows.filter(
                  col("options").isNotNull().and(parsed.isNull().or(col("options").equalTo(""))))
              .count();
      if (broken > 0) {
        throw new SettingsException(
            "--questions %s: options must be a JSON list of texts, such as [\"red\", \"blue\"]; %d rows have another text"
                .formatted(file, broken));
      }
      return parsed;
    }
    if (!(type instanceof ArrayType)) {
      throw new SettingsException(
          "--questions %s: options must be a list of texts; got %s"
              .formatted(file, type.catalogString()));
    }
    return col("options").cast(OPTIONS);
  }

  private static Column text() {
    return lit(null).cast("string");
  }

  private static void requireSound(Dataset<Row> questions) {
    Column missing = lit(false);
    for (String name : REQUIRED) {
      missing = missing.or(when(col(name).isNull(), true).otherwise(col(name).equalTo("")));
    }
    long without = questions.filter(missing).count();
    if (without > 0) {
      throw new SettingsException("%d questions lack one of %s".formatted(without, REQUIRED));
    }
    long holes = questions.filter(exists(col("options"), Column::isNull)).count();
    if (holes > 0) {
      throw new SettingsException("%d questions have a NULL among their options".formatted(holes));
    }
    List<Row> twice =
        questions
            .groupBy("video_id", "question_id")
            .count()
            .filter("count > 1")
            .limit(5)
            .collectAsList();
    if (!twice.isEmpty()) {
      throw new SettingsException(
          "every question of a video needs an id of its own; found %s (video, question, times)"
              .formatted(twice));
    }
    if (questions.isEmpty()) {
      throw new SettingsException("--questions holds no questions");
    }
  }
}

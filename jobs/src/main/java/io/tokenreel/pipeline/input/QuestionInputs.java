package io.tokenreel.pipeline.input;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.from_json;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.eval.parse.NamedOption;
import io.tokenreel.input.KnownColumns;
import io.tokenreel.input.RecordFiles;
import io.tokenreel.pipeline.setting.SettingsException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The questions of a job: files with {@code video_id, question_id, question}, optionally {@code
 * options} (a list; in .csv a JSON list) and {@code answer}, and columns that pass through.
 */
public final class QuestionInputs {

  private static final List<String> REQUIRED = List.of("video_id", "question_id", "question");
  private static final KnownColumns KNOWN =
      new KnownColumns(REQUIRED, List.of("video_id", "question_id"), List.of("question", "answer"));
  private static final Set<String> OWN =
      Set.of("video_id", "question_id", "question", "options", "answer");
  private static final ArrayType OPTIONS = DataTypes.createArrayType(DataTypes.StringType);
  private static final UserDefinedFunction NAMES_NO_OPTION =
      udf(
          (UDF2<scala.collection.Seq<String>, String, Boolean>) QuestionInputs::namesNoOption,
          DataTypes.BooleanType);

  private QuestionInputs() {}

  /**
   * Reads questions.
   *
   * @param records reads the files; to be closed when the questions are not read any more
   * @return {@code video_id, question_id, question, options, target} and columns that pass through
   * @throws SettingsException when a file is not there, lacks a column, or two questions of a video
   *     have one id
   */
  public static Dataset<Row> read(RecordFiles records, List<String> files) {
    Dataset<Row> all = null;
    for (String file : files) {
      Dataset<Row> rows = normal(file, open(records, file));
      all = all == null ? rows : all.unionByName(rows, true);
    }
    requireSound(all);
    return all;
  }

  private static Dataset<Row> open(RecordFiles records, String file) {
    try {
      Dataset<Row> all = null;
      for (Path match : records.matches(file)) {
        Dataset<Row> rows = records.read(match, KNOWN);
        all = all == null ? rows : all.unionByName(rows, true);
      }
      return all;
    } catch (FileNotFoundException e) {
      throw new SettingsException("--questions %s does not exist".formatted(file));
    } catch (IOException e) {
      throw new SettingsException(
          "--questions %s cannot be read: %s".formatted(file, e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw new SettingsException("--questions %s: %s".formatted(file, e.getMessage()));
    }
  }

  private static Dataset<Row> normal(String file, Dataset<Row> rows) {
    List<String> columns = Arrays.asList(rows.columns());
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
    return rows.withColumn("options", options(file, columns, rows))
        .withColumn(
            "target",
            columns.contains("answer")
                ? when(trim(col("answer")).notEqual(""), col("answer"))
                : text())
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
    requireNamedTargets(questions);
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

  /**
   * An answer that names no option would make every response wrong. A number is no place: some
   * count from 0, some from 1.
   */
  private static void requireNamedTargets(Dataset<Row> questions) {
    Dataset<Row> unnamed = questions.filter(NAMES_NO_OPTION.apply(col("options"), col("target")));
    long count = unnamed.count();
    if (count > 0) {
      Row first =
          unnamed
              .orderBy("video_id", "question_id")
              .select("video_id", "question_id", "target")
              .first();
      throw new SettingsException(
          "%d answers are neither an option nor a letter of one; the first is '%s', of question %s about %s. Give the option's words or its letter, A for the first, or leave the answer out"
              .formatted(count, first.getString(2), first.getString(1), first.getString(0)));
    }
  }

  /** Whether a question has options and a target that is none of them. */
  private static Boolean namesNoOption(scala.collection.Seq<String> options, String target) {
    return options != null
        && target != null
        && NamedOption.place(target, CollectionConverters.asJava(options)) < 0;
  }
}

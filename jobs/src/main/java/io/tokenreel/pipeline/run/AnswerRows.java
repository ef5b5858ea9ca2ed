package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import io.tokenreel.cache.CacheKey;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.VideoContent;
import io.tokenreel.cache.WriterVersion;
import io.tokenreel.eval.parse.NamedOption;
import io.tokenreel.pipeline.setting.AnswerOrder;
import io.tokenreel.sql.Columns;
import io.tokenreel.stage.AnswerGenerator;
import io.tokenreel.stage.FedColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF4;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import scala.jdk.javaapi.CollectionConverters;

/** From questions and tokens to the rows of {@code answers/}. */
final class AnswerRows {

  private static final UserDefinedFunction CORRECT =
      udf(
          (UDF4<scala.collection.Seq<String>, String, String, Integer, Boolean>)
              AnswerRows::correct,
          DataTypes.BooleanType);

  /**
   * Answering takes processor time, not bytes: files of tokens are spread over all cores however
   * small they are, and in parts that are small enough to end together.
   */
  private static final int PARTITIONS_PER_CORE = 8;

  private static final String[] CELL = VideoContent.columns(CacheKey.COMPRESSION);

  private final AnswerGenerator generator;
  private final AnswerOrder order;

  AnswerRows(AnswerGenerator generator, AnswerOrder order) {
    this.generator = generator;
    this.order = order;
  }

  /** The rows whose key another table's rows do not have; a key may hold a NULL. */
  static Dataset<Row> without(Dataset<Row> asked, Dataset<Row> committed) {
    return byKey(asked, committed, "left_anti");
  }

  /** The rows whose key another table's rows have; a key may hold a NULL. */
  static Dataset<Row> within(Dataset<Row> rows, Dataset<Row> others) {
    return byKey(rows, others, "left_semi");
  }

  private static Dataset<Row> byKey(Dataset<Row> rows, Dataset<Row> others, String join) {
    List<String> key = CacheTable.ANSWERS.key();
    Dataset<Row> keys =
        others.select(
            key.stream().map(name -> col(name).as("other_" + name)).toArray(Column[]::new));
    Column same =
        key.stream()
            .map(name -> rows.col(name).eqNullSafe(keys.col("other_" + name)))
            .reduce(Column::and)
            .orElseThrow();
    return rows.join(keys, same, join);
  }

  /**
   * Answers questions.
   *
   * @param asked one row per question and compression, with the columns of the key; {@code
   *     content_sha256} is NULL where there are no tokens
   * @param tokens rows of {@code tokens/} of these videos, others among them
   */
  Dataset<Row> of(Dataset<Row> asked, Dataset<Row> tokens) {
    Dataset<Row> questions =
        asked
            .filter(col(VideoContent.SHA256).isNotNull())
            .groupBy(Columns.quoted(List.of(CELL)))
            .agg(
                collect_list(
                        struct(
                            col("question_id"),
                            col("question"),
                            col("options").cast("array<string>").as("options")))
                    .as("questions"));
    Dataset<Row> visual =
        tokens
            .join(broadcast(questions), CELL)
            .select(
                col("video_id"),
                col("compression"),
                FedColumn.ofTokens().as("visual"),
                col("questions"))
            .repartition(
                PARTITIONS_PER_CORE * tokens.sparkSession().sparkContext().defaultParallelism(),
                order.spread());
    Dataset<Row> answers =
        generator
            .transform(visual)
            .select(col("video_id"), col("compression"), explode(col("answers")).as("answer"))
            .select(col("video_id"), col("compression"), col("answer.*"))
            .withColumnRenamed("error", "detail"); // no column of a question has this name
    Dataset<Row> all =
        asked
            .join(answers, new String[] {"video_id", "compression", "question_id"}, "left_outer")
            .withColumn("reason", reason())
            .withColumn("detail", detail())
            .withColumn("correct", correct())
            .withColumn("writer_version", lit(WriterVersion.text()))
            .withColumn("created_at", current_timestamp());
    List<String> columns = new ArrayList<>(Arrays.asList(CacheTable.ANSWERS.schema().fieldNames()));
    Arrays.stream(asked.columns()).filter(name -> !columns.contains(name)).forEach(columns::add);
    return all.select(Columns.quoted(columns));
  }

  private static Column reason() {
    return when(col(VideoContent.SHA256).isNull(), "no_tokens")
        .when(col("response").isNull(), "answer_error");
  }

  private static Column detail() {
    return when(
            col(VideoContent.SHA256).isNull(),
            concat(
                lit("the cache has no tokens of this video with "),
                col(EncodingSetting.ENCODER),
                lit(", "),
                col(EncodingSetting.SAMPLING),
                lit(" and "),
                col("compression")))
        .when(
            col("response").isNull(),
            coalesce(
                col("detail"), concat(col("compression"), lit(" refused this video's tokens"))));
  }

  /**
   * With options, whether the chosen one, or the one that the response names, is the target;
   * without, whether the words are. NULL where there is no response or no target.
   */
  static Column correct() {
    return CORRECT.apply(col("options"), col("target"), col("response"), col("choice"));
  }

  private static Boolean correct(
      scala.collection.Seq<String> options, String target, String response, Integer choice) {
    if (response == null || target == null) {
      return null;
    }
    List<String> said = options == null ? List.of() : CollectionConverters.asJava(options);
    int expected = NamedOption.place(target, said);
    if (expected < 0) {
      return NamedOption.sameWords(response, target);
    }
    return expected == (choice == null ? NamedOption.place(response, said) : choice);
  }
}

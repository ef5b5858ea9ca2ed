package io.tokenreel.sweep;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.VideoContent;
import io.tokenreel.eval.judge.JudgeRequests;
import io.tokenreel.eval.task.AnswerScorer;
import io.tokenreel.eval.task.PlainJson;
import io.tokenreel.eval.task.Task;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF3;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** From questions and the answers of a sweep to one scored row per question and cell. */
final class SweepSamples {

  /** What became of a question in a cell. */
  static final String MISSING_VIDEO = "missing_video";

  static final String MISSING_ANSWER = "missing_answer";

  private static final StructType SCORED =
      new StructType()
          .add("choice", DataTypes.StringType)
          .add("reading", DataTypes.StringType)
          .add("score", DataTypes.DoubleType)
          .add("left_out", DataTypes.BooleanType);

  private static final String[] KEY = {
    "video_id", "question_id", "question_sha256", "compression", "kv"
  };

  private final SweepSettings settings;
  private final Dataset<Row> answers;
  private final SweepJudging judging;

  /**
   * @param answers all rows of {@code answers/}
   */
  SweepSamples(SweepSettings settings, Dataset<Row> answers, SweepJudging judging) {
    this.settings = settings;
    this.answers = answers;
    this.judging = judging;
  }

  /**
   * One row per question of a part and cell: the columns of {@link SweepTask#rows}, those that
   * {@link io.tokenreel.eval.stat.Scores} takes, {@code state} ({@code READ}, {@code UNREAD},
   * {@code GUESSED}, {@link #MISSING_VIDEO}, {@link #MISSING_ANSWER}, or where a verdict is lacking
   * one of {@link SweepJudging}'s), {@code choice}, {@code left_out}, what the answer took, and of
   * a task that a language model judges {@code judge_request}, {@code judge} and {@code
   * judge_score}.
   *
   * @param encoding of the part's model and sampling
   * @param decoder of the part's model
   */
  Dataset<Row> of(SweepAsked.Part part, EncodingSetting encoding, String decoder) {
    Task task = part.task().task();
    Dataset<Row> given =
        ofContents(answers, part.contents())
            .filter(encoding.matches())
            .filter(col("decoder").equalTo(decoder))
            .filter(col("template").equalTo(settings.template()))
            .filter(col("scoring").equalTo(task.scoring()))
            .withColumn("answered_at", col("created_at"))
            .groupBy(columns(KEY))
            .agg(
                max_by(
                        struct(
                            "response",
                            "reason",
                            "detail",
                            "visual_tokens",
                            "prompt_tokens",
                            "new_tokens",
                            "prefill_ms",
                            "decode_ms",
                            "kv_bytes_peak",
                            "kv_bytes_end",
                            "kv_device",
                            "kv_reserve_bytes_peak",
                            "kv_reserve_bytes_end",
                            "kv_reserve_device",
                            "answered_at"),
                        struct(col(VideoContent.SHA256).isNotNull(), col("created_at")))
                    .as("answer"))
            .select(col("*"), col("answer.*"))
            .drop("answer");
    Dataset<Row> digests =
        part.task().asked(part.rows()).select("video_id", "question_id", "question_sha256");
    Dataset<Row> cells =
        part.rows()
            .join(digests, new String[] {"video_id", "question_id"}, "left_outer")
            .withColumn("model", lit(decoder))
            .withColumn("sampling", lit(part.sampling()))
            .withColumn("compression", each(settings.compressions()))
            .withColumn("kv", each(settings.kvs()));
    Dataset<Row> scored = scored(part.task(), cells.join(given, KEY, "left_outer"));
    Column failed = col("response").isNull();
    Column state =
        when(col("video_missing").or(col("reason").eqNullSafe("no_tokens")), MISSING_VIDEO)
            .when(failed, MISSING_ANSWER)
            .otherwise(col("scored.reading"));
    return scored
        .withColumn("state", state)
        .withColumn("choice", col("scored.choice"))
        .withColumn("left_out", coalesce(col("scored.left_out"), lit(false)))
        .withColumn("score", score(task, failed))
        .withColumn("cluster", col("video_id"))
        .drop("scored");
  }

  /** Answers about the videos' bytes of now, and those that found no tokens of any. */
  private static Dataset<Row> ofContents(Dataset<Row> answers, Dataset<Row> contents) {
    Dataset<Row> now = contents.toDF("now_id", "now_sha256");
    return answers.join(
        now,
        answers
            .col("video_id")
            .equalTo(now.col("now_id"))
            .and(
                answers
                    .col(VideoContent.SHA256)
                    .isNull()
                    .or(answers.col(VideoContent.SHA256).equalTo(now.col("now_sha256")))),
        "left_semi");
  }

  private static Column[] columns(String... names) {
    return Arrays.stream(names).map(functions::col).toArray(Column[]::new);
  }

  private static Column each(List<String> specs) {
    return explode(array(specs.stream().map(functions::lit).toArray(Column[]::new)));
  }

  /** NULL where a task's right answers are not known. */
  private static Column score(Task task, Column failed) {
    return task.gold() == null
        ? lit(null).cast("double")
        : when(failed, 0.0).otherwise(col("scored.score"));
  }

  private Dataset<Row> scored(SweepTask asked, Dataset<Row> answered) {
    if (asked.task().judge() != null) {
      return judging.judged(
          answered.withColumn("judge_request", judgeRequest(asked.judgeRequests())));
    }
    return answered
        .withColumn("scored", scored(asked.task()))
        .withColumn("judge_request", lit(null).cast("string"))
        .withColumn("judge", lit(null).cast("string"))
        .withColumn("judge_score", lit(null).cast("int"));
  }

  /** The custom id of the request that has an answer judged. */
  private static Column judgeRequest(JudgeRequests requests) {
    UserDefinedFunction id =
        udf(
            (UDF3<Integer, String, String, String>)
                (docId, doc, response) ->
                    response == null
                        ? null
                        : requests.of(docId, PlainJson.read(doc), response).customId(),
            DataTypes.StringType);
    return id.apply(col("doc_id"), col("doc"), col("response"));
  }

  private static Column scored(Task task) {
    AnswerScorer scorer = new AnswerScorer(task);
    UserDefinedFunction score =
        udf(
            (UDF3<String, Seq<String>, String, Row>)
                (response, options, gold) -> row(scorer, response, options, gold),
            SCORED);
    return score.apply(col("response"), col("options"), col("gold"));
  }

  private static Row row(AnswerScorer scorer, String response, Seq<String> options, String gold) {
    if (response == null) {
      return null;
    }
    AnswerScorer.Scored scored = scorer.score(response, CollectionConverters.asJava(options), gold);
    return RowFactory.create(
        scored.parsed().choice(),
        scored.parsed().reading().name(),
        Double.isNaN(scored.score()) ? null : scored.score(),
        scored.leftOut());
  }
}

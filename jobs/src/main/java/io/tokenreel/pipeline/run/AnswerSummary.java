package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;

import io.tokenreel.cache.RunRecord;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What one run of answers came to.
 *
 * @param runId names the run in {@code runs/}
 * @param output the cache's folder
 * @param table CATALOG.DB.NAME of its tables; null where they are Parquet in it
 * @param questions questions times compressions
 * @param alreadyCommitted of these, answered by a run before
 * @param seconds wall time of the job, Spark's start not included
 * @param computed what the decoder computed in, and where
 * @param compressions what each compression's answers came to
 */
public record AnswerSummary(
    String runId,
    String output,
    String table,
    long questions,
    long alreadyCommitted,
    double seconds,
    Computed computed,
    List<OfCompression> compressions) {

  /**
   * The answers from one compression's tokens.
   *
   * @param answered questions with a response
   * @param noTokens questions about videos of which the cache has no tokens
   * @param failed questions that the model failed on
   * @param targets answered questions whose right answer is known
   * @param correct of these, right ones
   * @param visualTokens mean rows that a video gave the prompt
   */
  public record OfCompression(
      String compression,
      long answered,
      long noTokens,
      long failed,
      long targets,
      long correct,
      double visualTokens) {}

  /**
   * The summary of a run, read from what is committed of the questions asked.
   *
   * @param asked with the columns of the key
   * @param answers all rows of {@code answers/}
   */
  static AnswerSummary of(
      Dataset<Row> asked,
      Dataset<Row> answers,
      RunRecord run,
      String output,
      long alreadyCommitted,
      double seconds,
      Computed computed) {
    List<OfCompression> found =
        AnswerRows.within(answers, asked)
            .groupBy("compression")
            .agg(
                count_if(col("reason").isNull()),
                count_if(col("reason").equalTo("no_tokens")),
                count_if(col("reason").equalTo("answer_error")),
                count(col("correct")),
                count_if(col("correct")),
                avg(col("visual_tokens")))
            .orderBy("compression")
            .collectAsList()
            .stream()
            .map(
                row ->
                    new OfCompression(
                        row.getString(0),
                        row.getLong(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.isNullAt(6) ? 0 : row.getDouble(6)))
            .toList();
    long questions =
        found.stream().mapToLong(one -> one.answered() + one.noTokens() + one.failed()).sum();
    return new AnswerSummary(
        run.runId(),
        output,
        run.options().get("table"),
        questions,
        alreadyCommitted,
        seconds,
        computed,
        found);
  }
}

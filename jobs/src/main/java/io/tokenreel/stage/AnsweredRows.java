package io.tokenreel.stage;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;

/** Rows with visual tokens and questions in, the same rows with answers out, in order. */
final class AnsweredRows implements Iterator<Row> {

  private final Iterator<Row> rows;
  private final VisualColumn visual;
  private final QuestionColumn questions;
  private final Answerer answerer;
  private final StageCounters counters;

  AnsweredRows(
      Iterator<Row> rows,
      VisualColumn visual,
      QuestionColumn questions,
      Answerer answerer,
      StageCounters counters) {
    this.rows = rows;
    this.visual = visual;
    this.questions = questions;
    this.answerer = answerer;
    this.counters = counters;
  }

  @Override
  public boolean hasNext() {
    return rows.hasNext();
  }

  @Override
  public Row next() {
    Row row = rows.next();
    List<Row> asked = questions.value(row);
    Row tokens = visual.value(row);
    if (asked == null || tokens == null) {
      return RowStage.append(row, (Object) null);
    }
    long start = System.nanoTime();
    Object[] answers = answers(tokens, asked);
    counters.videos().add((long) answers.length);
    for (Object answer : answers) {
      counters.failed().add(((Row) answer).isNullAt(StageSchemas.ANSWER_ERROR) ? 0L : 1L);
    }
    counters.millis().add((System.nanoTime() - start) / 1_000_000);
    return RowStage.append(row, (Object) answers);
  }

  private Object[] answers(Row tokens, List<Row> asked) {
    String refusal = visual.refusal(tokens);
    return refusal == null
        ? answerer.answers(visual.video(tokens, answerer.dim()), asked)
        : answerer.refused(asked, refusal);
  }
}

package io.tokenreel.stage;

import io.tokenreel.token.TokenCodec;
import io.tokenreel.token.TokenDtype;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;

/** Rows with visual tokens and questions in, the same rows with answers out, in order. */
final class AnsweredRows implements Iterator<Row> {

  private final Iterator<Row> rows;
  private final int visualColumn;
  private final int questionsColumn;
  private final Answerer answerer;
  private final StageCounters counters;

  AnsweredRows(
      Iterator<Row> rows,
      int visualColumn,
      int questionsColumn,
      Answerer answerer,
      StageCounters counters) {
    this.rows = rows;
    this.visualColumn = visualColumn;
    this.questionsColumn = questionsColumn;
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
    List<Row> questions = row.isNullAt(questionsColumn) ? null : row.getList(questionsColumn);
    if (questions == null || row.isNullAt(visualColumn)) {
      return RowStage.append(row, (Object) null);
    }
    long start = System.nanoTime();
    Object[] answers = answerer.answers(floats(row.getStruct(visualColumn)), questions);
    counters.videos().add((long) answers.length);
    for (Object answer : answers) {
      counters.failed().add(((Row) answer).isNullAt(StageSchemas.ANSWER_ERROR) ? 0L : 1L);
    }
    counters.millis().add((System.nanoTime() - start) / 1_000_000);
    return RowStage.append(row, (Object) answers);
  }

  private float[] floats(Row visual) {
    int dim = visual.getInt(0);
    TokenDtype dtype = TokenDtype.of(visual.getString(1));
    byte[] data = (byte[]) visual.get(2);
    if (dim != answerer.dim() || data.length % (dim * dtype.bytes()) != 0) {
      throw new IllegalArgumentException(
          "visual tokens must be whole rows of %d channels, as the language model is fed; got %d bytes of %s in rows of %d: answer with the model that encoded them"
              .formatted(answerer.dim(), data.length, dtype, dim));
    }
    float[] values = new float[data.length / dtype.bytes()];
    TokenCodec.decode(data, 0, dtype, values, 0, values.length);
    return values;
  }
}

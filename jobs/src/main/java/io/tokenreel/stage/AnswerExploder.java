package io.tokenreel.stage;

import static org.apache.spark.sql.functions.posexplode;

import io.tokenreel.ml.ColumnNames;
import io.tokenreel.ml.TextParams;
import io.tokenreel.sql.Columns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The stage from one row per video to one per question: in the place of the columns of questions
 * and of answers come the fields of a question, those that {@link AnswerGenerator} does not read
 * among them, and the fields of its answer ({@link StageSchemas#ANSWERS}).
 *
 * <p>Every question has its row, whatever became of its video: without an answer the answer's
 * fields are NULL. An evaluation that drops such rows would get a wrong denominator.
 */
public final class AnswerExploder extends Transformer implements DefaultParamsWritable {

  private static final long serialVersionUID = 1;

  private static final String ID = "question_id";

  private final String uid;
  private final Param<String> questionsCol;
  private final Param<String> answersCol;

  /** A stage with default settings: {@code questions} and {@code answers}. */
  public AnswerExploder() {
    this(Identifiable.randomUID("answerExploder"));
  }

  /** A stage of a given uid, as MLlib makes it to copy or load one. */
  public AnswerExploder(String uid) {
    this.uid = uid;
    this.questionsCol = TextParams.column(this, "questionsCol", "name of the column of questions");
    this.answersCol = TextParams.column(this, "answersCol", "name of the column of answers");
    setDefault(questionsCol, "questions");
    setDefault(answersCol, "answers");
  }

  /**
   * @throws IllegalArgumentException when a column is missing or of another type, or two of the
   *     columns that come would have one name
   */
  @Override
  public StructType transformSchema(StructType schema) {
    StructType exploded = new StructType();
    for (StructField other : others(schema)) {
      exploded = exploded.add(other);
    }
    for (StructField field : question(schema).fields()) {
      exploded = exploded.add(field);
    }
    for (StructField field : answer(schema)) {
      exploded = exploded.add(field.name(), field.dataType(), true);
    }
    if (ColumnNames.ofActiveSession().hasTwice(exploded)) {
      throw new IllegalArgumentException(
          "%s: a name comes twice among the columns, a question's fields and an answer's: %s; rename the column or the question's field"
              .formatted(uid, List.of(exploded.fieldNames())));
    }
    return exploded;
  }

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    return ColumnNames.inSession(dataset.sparkSession(), () -> exploded(dataset));
  }

  private Dataset<Row> exploded(Dataset<?> dataset) {
    StructType schema = dataset.schema();
    transformSchema(schema);
    String place = uid + "_place";
    String question = uid + "_question";
    List<Column> kept = new ArrayList<>();
    others(schema).forEach(other -> kept.add(Columns.quoted(other.name())));
    List<Column> questions = new ArrayList<>(kept);
    questions.add(Columns.quoted(getOrDefault(answersCol)));
    questions.add(
        posexplode(Columns.quoted(getOrDefault(questionsCol))).as(new String[] {place, question}));
    for (StructField field : question(schema).fields()) {
      kept.add(Columns.quoted(question).getField(field.name()).as(field.name()));
    }
    Column answer = functions.get(Columns.quoted(getOrDefault(answersCol)), Columns.quoted(place));
    for (StructField field : answer(schema)) {
      kept.add(answer.getField(field.name()).as(field.name()));
    }
    return dataset
        .toDF()
        .select(questions.toArray(Column[]::new))
        .select(kept.toArray(Column[]::new));
  }

  private List<StructField> others(StructType schema) {
    ColumnNames names = ColumnNames.ofActiveSession();
    return Arrays.stream(schema.fields())
        .filter(field -> !names.same(field.name(), getOrDefault(questionsCol)))
        .filter(field -> !names.same(field.name(), getOrDefault(answersCol)))
        .toList();
  }

  private StructType question(StructType schema) {
    try {
      int place = QuestionColumn.of(schema, getOrDefault(questionsCol)).place();
      return (StructType) ((ArrayType) schema.apply(place).dataType()).elementType();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(uid + ": questionsCol " + e.getMessage(), e);
    }
  }

  /** The fields of an answer that its question does not have. */
  private List<StructField> answer(StructType schema) {
    String name = getOrDefault(answersCol);
    int place = ColumnNames.ofActiveSession().place(schema, name);
    if (place < 0
        || !DataType.equalsIgnoreNullability(
            schema.apply(place).dataType(), StageSchemas.ANSWERS)) {
      throw new IllegalArgumentException(
          "%s: answersCol '%s' must be a column of AnswerGenerator's answers, %s; got %s"
              .formatted(uid, name, StageSchemas.ANSWERS.simpleString(), schema.simpleString()));
    }
    StructType answer = (StructType) StageSchemas.ANSWERS.elementType();
    return Arrays.stream(answer.fields()).filter(field -> !field.name().equals(ID)).toList();
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public AnswerExploder copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  public Param<String> questionsCol() {
    return questionsCol;
  }

  public Param<String> answersCol() {
    return answersCol;
  }

  public AnswerExploder setQuestionsCol(String value) {
    set(questionsCol, value);
    return this;
  }

  public AnswerExploder setAnswersCol(String value) {
    set(answersCol, value);
    return this;
  }

  /** Loads a saved stage. */
  public static MLReader<AnswerExploder> read() {
    return new DefaultParamsReader<>();
  }

  /** The stage that was saved at a path; Spark Connect loads by this method. */
  public static AnswerExploder load(String path) {
    return read().load(path);
  }
}

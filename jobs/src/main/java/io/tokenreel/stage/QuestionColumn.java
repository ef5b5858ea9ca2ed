package io.tokenreel.stage;

import io.tokenreel.ml.ColumnNames;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * How a column holds the questions about a video: the fields of {@link StageSchemas#QUESTIONS} in
 * any order, and others among them, such as the right answer, which no model is given.
 *
 * @param place of the column in a row
 * @param id place of {@code question_id} in a question
 * @param text place of {@code question}
 * @param options place of {@code options}
 */
record QuestionColumn(int place, int id, int text, int options) implements Serializable {

  private static final long serialVersionUID = 1;

  /**
   * A column of a schema.
   *
   * @throws IllegalArgumentException when it is missing or does not have the fields; the message
   *     gives both types
   */
  static QuestionColumn of(StructType schema, String name) {
    ColumnNames columns = ColumnNames.ofActiveSession();
    int place = columns.place(schema, name);
    DataType type = place < 0 ? DataTypes.NullType : schema.apply(place).dataType();
    if (type instanceof ArrayType array && array.elementType() instanceof StructType question) {
      StructType wanted = (StructType) StageSchemas.QUESTIONS.elementType();
      if (Arrays.stream(wanted.fields()).allMatch(field -> holds(question, columns, field))) {
        return new QuestionColumn(
            place,
            columns.place(question, "question_id"),
            columns.place(question, "question"),
            columns.place(question, "options"));
      }
    }
    throw new IllegalArgumentException(
        "'%s' must be a column of type %s, where a question may have more fields; got %s among %s"
            .formatted(
                name,
                StageSchemas.QUESTIONS.simpleString(),
                type.simpleString(),
                Arrays.toString(schema.fieldNames())));
  }

  /** A row's questions; null where there are none. */
  List<Row> value(Row row) {
    return row.isNullAt(place) ? null : row.getList(place);
  }

  private static boolean holds(StructType question, ColumnNames columns, StructField wanted) {
    int place = columns.place(question, wanted.name());
    return place >= 0
        && DataType.equalsIgnoreNullability(question.apply(place).dataType(), wanted.dataType());
  }

  /** NULL where the question does not have one. */
  String id(Row question) {
    return question == null ? null : question.getString(id);
  }

  /**
   * The text.
   *
   * @throws IllegalArgumentException when there is none
   */
  String text(Row question) {
    if (question == null || question.isNullAt(text)) {
      throw new IllegalArgumentException("expected the text of a question; got NULL");
    }
    return question.getString(text);
  }

  /**
   * None for an open question.
   *
   * @throws IllegalArgumentException when one is NULL
   */
  List<String> options(Row question) {
    if (question == null || question.isNullAt(options)) {
      return List.of();
    }
    List<String> texts = question.getList(options);
    if (texts.contains(null)) {
      throw new IllegalArgumentException(
          "expected a text for every option of a question; got NULL among " + texts);
    }
    return List.copyOf(texts);
  }
}

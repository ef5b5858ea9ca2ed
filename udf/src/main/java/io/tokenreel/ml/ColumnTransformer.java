package io.tokenreel.ml;

import io.tokenreel.sql.Columns;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * An MLlib stage that reads one column and appends one column; Params, schema checks, copying and
 * saving are done here, so that a stage only says what it computes.
 *
 * <p>A subclass {@code X extends ColumnTransformer<X>} has
 *
 * <ul>
 *   <li>a public constructor {@code X(String uid)}, by which MLlib copies and loads it, and usually
 *       {@code X()} with a random uid,
 *   <li>one field and one public accessor method without arguments per Param of its own (MLlib
 *       finds Params by those accessors), with {@code setDefault} called in the constructor,
 *   <li>{@link #outputType} and {@link #append},
 *   <li>{@code public static MLReader<X> read() { return new DefaultParamsReader<>(); }}.
 * </ul>
 *
 * @param <S> the subclass, which the setters return
 */
public abstract class ColumnTransformer<S extends ColumnTransformer<S>> extends Transformer
    implements DefaultParamsWritable {

  private final String uid;
  private final Param<String> inputCol;
  private final Param<String> outputCol;

  /**
   * @param uid the stage's unique id, kept by copies and by saved stages
   * @param defaultInputCol the column read when none is set
   * @param defaultOutputCol the column appended when none is set
   */
  protected ColumnTransformer(String uid, String defaultInputCol, String defaultOutputCol) {
    this.uid = Objects.requireNonNull(uid, "uid");
    this.inputCol = TextParams.column(this, "inputCol", "name of the column to read");
    this.outputCol = TextParams.column(this, "outputCol", "name of the column to append");
    setDefault(inputCol, defaultInputCol);
    setDefault(outputCol, defaultOutputCol);
  }

  /**
   * The type of the output column for an input column of the given type.
   *
   * @throws IllegalArgumentException when the stage cannot read that type; the message says which
   *     it can
   */
  protected abstract DataType outputType(DataType inputType);

  /** Appends the output column to rows whose schema has passed {@link #transformSchema}. */
  protected abstract Dataset<Row> append(Dataset<Row> rows);

  /**
   * A Param of text that is checked whenever it is set, whether by its setter, by a ParamMap or by
   * loading.
   *
   * @param check throws IllegalArgumentException, with the allowed values, for a value it refuses
   */
  protected final Param<String> textParam(String name, String doc, Consumer<String> check) {
    return TextParams.checked(this, name, doc, check);
  }

  /**
   * Names are compared by {@link ColumnNames} of the active session.
   *
   * @throws IllegalArgumentException when the input column is missing or of a type that the stage
   *     cannot read, or the output column exists already
   */
  @Override
  public StructType transformSchema(StructType schema) {
    return appended(schema);
  }

  /** The place of a column, by {@link ColumnNames} of the active session; -1 where none is. */
  protected static int place(StructType schema, String name) {
    return ColumnNames.ofActiveSession().place(schema, name);
  }

  private StructType appended(StructType schema) {
    String input = getInputCol();
    String output = getOutputCol();
    int read = place(schema, input);
    if (read < 0) {
      throw new IllegalArgumentException(
          "%s: inputCol '%s' is not among the columns %s"
              .formatted(uid, input, Arrays.toString(schema.fieldNames())));
    }
    if (place(schema, output) >= 0) {
      throw new IllegalArgumentException(
          "%s: outputCol '%s' exists already; set outputCol to a name that is not among %s"
              .formatted(uid, output, Arrays.toString(schema.fieldNames())));
    }
    DataType type;
    try {
      type = outputType(schema.apply(read).dataType());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s: inputCol '%s': %s".formatted(uid, input, e.getMessage()), e);
    }
    return schema.add(output, type);
  }

  @Override
  public final Dataset<Row> transform(Dataset<?> dataset) {
    return ColumnNames.inSession(
        dataset.sparkSession(),
        () -> {
          appended(dataset.schema());
          return append(dataset.toDF());
        });
  }

  @Override
  public final String uid() {
    return uid;
  }

  @Override
  public final S copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  public final Param<String> inputCol() {
    return inputCol;
  }

  public final Param<String> outputCol() {
    return outputCol;
  }

  public final String getInputCol() {
    return getOrDefault(inputCol);
  }

  public final String getOutputCol() {
    return getOrDefault(outputCol);
  }

  public final S setInputCol(String value) {
    return with(inputCol, value);
  }

  public final S setOutputCol(String value) {
    return with(outputCol, value);
  }

  /** Sets a Param and returns this stage, as every setter of a subclass does. */
  @SuppressWarnings("unchecked") // S is the subclass itself, by the contract of this class
  protected final <T> S with(Param<T> param, T value) {
    set(param, value);
    return (S) this;
  }

  /** The input column of rows, whatever characters its name has. */
  protected final Column input(Dataset<Row> rows) {
    return rows.col(Columns.quote(getInputCol()));
  }
}

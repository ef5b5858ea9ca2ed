package io.tokenreel.cache;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.tokenreel.sql.Columns;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How videos become tokens, before any compression. A run has one; what it makes of a video differs
 * in the compression alone.
 *
 * @param encoder the vision tower, family@revision, preprocessing included
 * @param sampling canonical frame sampling spec
 */
public record EncodingSetting(String encoder, String sampling) implements Serializable {

  /** The column of {@link #encoder}. */
  public static final String ENCODER = "encoder";

  /** The column of {@link #sampling}. */
  public static final String SAMPLING = "sampling";

  /** The columns, in the order of the components. */
  public static final List<String> COLUMNS = List.of(ENCODER, SAMPLING);

  public EncodingSetting {
    Objects.requireNonNull(encoder, ENCODER);
    Objects.requireNonNull(sampling, SAMPLING);
  }

  /** Of a row's columns. */
  static EncodingSetting of(UnaryOperator<String> columns) {
    return new EncodingSetting(columns.apply(ENCODER), columns.apply(SAMPLING));
  }

  /** Those that rows are of, in the order of their columns. */
  public static List<EncodingSetting> in(Dataset<Row> rows) {
    Column[] columns = Columns.quoted(COLUMNS);
    return rows.select(columns).distinct().orderBy(columns).collectAsList().stream()
        .map(row -> of(row::getAs))
        .toList();
  }

  /** Which rows of a table are made with it. */
  public Column matches() {
    return col(ENCODER).equalTo(encoder).and(col(SAMPLING).equalTo(sampling));
  }

  /** {@link #COLUMNS} of rows that are made with it. */
  public List<Column> literals() {
    return List.of(lit(encoder).as(ENCODER), lit(sampling).as(SAMPLING));
  }

  /** As messages name it. */
  @Override
  public String toString() {
    return encoder + " with " + sampling;
  }
}

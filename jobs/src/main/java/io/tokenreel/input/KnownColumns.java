package io.tokenreel.input;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.regexp_replace;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;

/**
 * The columns of a file of records that its reader knows by name, whatever their case and whatever
 * spaces are around the name.
 *
 * @param required names that must be there
 * @param ids names of columns of ids and URIs, which are what the file spells, be it a number or
 *     not; white space around them is dropped
 * @param texts names of other columns that are read as texts
 */
public record KnownColumns(List<String> required, List<String> ids, List<String> texts)
    implements Serializable {

  private static final String WHITE_SPACE = "^[\\s\\p{Z}\\uFEFF]+|[\\s\\p{Z}\\uFEFF]+$";

  public KnownColumns {
    required = List.copyOf(required);
    ids = List.copyOf(ids);
    texts = List.copyOf(texts);
  }

  /** The known name of a file's column; empty for a column that passes through. */
  Optional<String> known(String column) {
    return Stream.concat(ids.stream(), texts.stream())
        .filter(name -> name.equalsIgnoreCase(column.strip()))
        .findFirst();
  }

  /** The rows with the known columns under their own names, texts as strings. */
  Dataset<Row> named(Dataset<Row> rows) {
    List<String> names = new ArrayList<>();
    Column[] columns = new Column[rows.columns().length];
    for (int i = 0; i < columns.length; i++) {
      StructField field = rows.schema().fields()[i];
      String name = known(field.name()).orElse(field.name());
      if (names.contains(name)) {
        throw new IllegalArgumentException("two columns are named " + name);
      }
      names.add(name);
      Column column = col("`" + field.name().replace("`", "``") + "`");
      columns[i] =
          (known(name).isPresent() ? text(name, field.dataType(), column) : column).as(name);
    }
    if (!names.containsAll(required)) {
      throw new IllegalArgumentException(
          "it must have %s; its columns are %s"
              .formatted(
                  required.size() == 1 ? "a column " + required.get(0) : "columns " + required,
                  Arrays.asList(rows.columns())));
    }
    requireUtf8(rows);
    return rows.select(columns);
  }

  private Column text(String name, DataType type, Column column) {
    if (ids.contains(name) ? !isExact(type) : isNested(type)) {
      throw new IllegalArgumentException(
          "its column %s must be text, whole numbers or bytes of UTF-8; it is %s"
              .formatted(name, type.catalogString()));
    }
    Column text = column.cast("string");
    return ids.contains(name) ? regexp_replace(text, WHITE_SPACE, "") : text;
  }

  /** Whether values of a type have one spelling. */
  private static boolean isExact(DataType type) {
    return type instanceof StringType
        || type instanceof BinaryType
        || (type instanceof DecimalType decimal && decimal.scale() == 0)
        || List.of("byte", "short", "integer", "long").contains(type.typeName());
  }

  private static boolean isNested(DataType type) {
    return List.of("struct", "array", "map").contains(type.typeName());
  }

  /** Bytes become texts; those that are none must not turn into another text. */
  private void requireUtf8(Dataset<Row> rows) {
    List<Column> wrong = new ArrayList<>();
    for (StructField field : rows.schema().fields()) {
      if (field.dataType() instanceof BinaryType && known(field.name()).isPresent()) {
        String name = "`" + field.name().replace("`", "``") + "`";
        wrong.add(count_if(expr("not is_valid_utf8(cast(" + name + " as string))")));
      }
    }
    if (wrong.isEmpty()) {
      return;
    }
    Row counts =
        rows.agg(wrong.get(0), wrong.subList(1, wrong.size()).toArray(Column[]::new)).first();
    for (int i = 0; i < wrong.size(); i++) {
      if (counts.getLong(i) > 0) {
        throw new IllegalArgumentException(
            "%d rows have an id or a URI whose bytes are no UTF-8".formatted(counts.getLong(i)));
      }
    }
  }
}

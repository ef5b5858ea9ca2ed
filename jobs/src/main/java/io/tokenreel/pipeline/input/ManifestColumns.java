package io.tokenreel.pipeline.input;

import io.tokenreel.sql.Columns;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A manifest's own columns on their way through a job. They have a prefix there, so that no name in
 * a manifest is that of a column which the job makes; in the tables they have their own names.
 */
public final class ManifestColumns {

  private static final String PREFIX = "manifest:";

  private ManifestColumns() {}

  /** Rows whose own columns have the prefix. */
  public static Dataset<Row> prefixed(Dataset<Row> rows, Collection<String> own) {
    return rows.select(
        Arrays.stream(rows.columns())
            .map(
                name ->
                    own.contains(name)
                        ? Columns.quoted(name).as(PREFIX + name)
                        : Columns.quoted(name))
            .toArray(Column[]::new));
  }

  /** Names of the own columns among others, with the prefix. */
  public static List<String> of(Dataset<Row> rows) {
    return Arrays.stream(rows.columns()).filter(name -> name.startsWith(PREFIX)).toList();
  }

  /** The own columns as the tables have them. */
  public static StructType schema(Dataset<Row> rows) {
    return new StructType(
        Arrays.stream(rows.schema().fields())
            .filter(field -> field.name().startsWith(PREFIX))
            .map(
                field ->
                    new StructField(
                        ownName(field.name()),
                        field.dataType(),
                        field.nullable(),
                        field.metadata()))
            .toArray(StructField[]::new));
  }

  /** Rows of a table, whose own columns have their own names again. */
  public static Dataset<Row> restored(Dataset<Row> rows) {
    return rows.select(
        Arrays.stream(rows.columns())
            .map(name -> Columns.quoted(name).as(ownName(name)))
            .toArray(Column[]::new));
  }

  private static String ownName(String name) {
    return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
  }
}

package io.tokenreel.sql;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.IntegralType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Where the fields that a function needs are in a struct. They are found by name, so that their
 * order and further fields do not matter, and their integers may be of any width.
 *
 * @param what the struct is, for messages
 * @param expected the fields, by name and type
 * @param type the struct
 * @param ordinals the place in {@code type} of each expected field
 */
record StructFields(String what, StructType expected, StructType type, List<Integer> ordinals)
    implements Serializable {

  /**
   * The places in a column's type.
   *
   * @throws IllegalArgumentException when it is no struct with the fields
   */
  static StructFields of(String what, StructType expected, DataType type) {
    if (!(type instanceof StructType struct)) {
      throw new IllegalArgumentException(
          "%s must be %s; got %s".formatted(what, expected.catalogString(), type.catalogString()));
    }
    return new StructFields(
        what,
        expected,
        struct,
        Arrays.stream(expected.fields())
            .map(field -> ordinal(what, expected, struct, field))
            .toList());
  }

  private static int ordinal(
      String what, StructType expected, StructType struct, StructField field) {
    StructField[] fields = struct.fields();
    for (int i = 0; i < fields.length; i++) {
      if (fields[i].name().equalsIgnoreCase(field.name())
          && suits(field.dataType(), fields[i].dataType())) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "%s must have a field %s %s, as in %s; got %s"
            .formatted(
                what,
                field.name(),
                field.dataType().catalogString(),
                expected.catalogString(),
                struct.catalogString()));
  }

  private static boolean suits(DataType expected, DataType actual) {
    if (expected instanceof IntegralType) {
      return actual instanceof IntegralType;
    }
    return expected instanceof StringType
        ? actual instanceof StringType
        : actual instanceof BinaryType;
  }

  /**
   * An integer field of a row.
   *
   * @throws IllegalArgumentException when it is NULL or too large
   */
  int integer(SqlValues row, int field) {
    long value = ((Number) value(row, field)).longValue();
    if (value != (int) value) {
      throw new IllegalArgumentException(
          "%s of %s must fit an int; got %d".formatted(expected.fieldNames()[field], what, value));
    }
    return (int) value;
  }

  /** Whether a field of a row is NULL. */
  boolean isNull(SqlValues row, int field) {
    return row.isNullAt(ordinals.get(field));
  }

  /**
   * A field of a row.
   *
   * @throws IllegalArgumentException when it is NULL
   */
  Object value(SqlValues row, int field) {
    int ordinal = ordinals.get(field);
    if (row.isNullAt(ordinal)) {
      throw new IllegalArgumentException(
          "%s of %s must not be NULL; make the whole struct NULL where there is none"
              .formatted(expected.fieldNames()[field], what));
    }
    return row.valueAt(ordinal, type.fields()[ordinal].dataType());
  }
}

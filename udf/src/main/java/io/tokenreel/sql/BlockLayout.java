package io.tokenreel.sql;

import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenDtype;
import io.tokenreel.token.TokenShape;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.IntegralType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Where the seven fields of a token block are in a struct. They are found by name, so that their
 * order and further fields do not matter, and their integers may be of any width.
 *
 * @param type the struct
 * @param ordinals [7], the place in {@code type} of each field of {@link TokenSchemas#BLOCK}
 */
record BlockLayout(StructType type, List<Integer> ordinals) implements Serializable {

  /**
   * The layout of a column's type.
   *
   * @throws IllegalArgumentException when it is no struct with the seven fields
   */
  static BlockLayout of(DataType type) {
    if (!(type instanceof StructType struct)) {
      throw new IllegalArgumentException(
          "a token block must be %s; got %s"
              .formatted(TokenSchemas.BLOCK.catalogString(), type.catalogString()));
    }
    return new BlockLayout(
        struct,
        Arrays.stream(TokenSchemas.BLOCK.fields()).map(field -> ordinal(struct, field)).toList());
  }

  private static int ordinal(StructType struct, StructField expected) {
    StructField[] fields = struct.fields();
    for (int i = 0; i < fields.length; i++) {
      if (fields[i].name().equalsIgnoreCase(expected.name())
          && suits(expected.dataType(), fields[i].dataType())) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "a token block must have a field %s %s, as in %s; got %s"
            .formatted(
                expected.name(),
                expected.dataType().catalogString(),
                TokenSchemas.BLOCK.catalogString(),
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
   * The block in a row of {@link #type}, sharing the row's bytes where Spark does.
   *
   * @throws IllegalArgumentException when a field is NULL or does not fit the others
   */
  TokenBlock read(InternalRow row) {
    TokenShape shape =
        new TokenShape(
            integer(row, 0), integer(row, 1), integer(row, 2), integer(row, 3), integer(row, 4));
    TokenDtype dtype = TokenDtype.of(value(row, 5).toString());
    return new TokenBlock(shape, dtype, (byte[]) value(row, 6));
  }

  private int integer(InternalRow row, int field) {
    long value = ((Number) value(row, field)).longValue();
    if (value != (int) value) {
      throw new IllegalArgumentException(
          "%s of a token block must fit an int; got %d"
              .formatted(TokenSchemas.BLOCK.fieldNames()[field], value));
    }
    return (int) value;
  }

  private Object value(InternalRow row, int field) {
    int ordinal = ordinals.get(field);
    if (row.isNullAt(ordinal)) {
      throw new IllegalArgumentException(
          "%s of a token block must not be NULL; make the whole block NULL where there is none"
              .formatted(TokenSchemas.BLOCK.fieldNames()[field]));
    }
    return row.get(ordinal, type.fields()[ordinal].dataType());
  }
}

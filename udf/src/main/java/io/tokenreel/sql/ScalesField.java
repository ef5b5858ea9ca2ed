package io.tokenreel.sql;

import io.tokenreel.token.StoredRows;
import io.tokenreel.token.TokenFormat;
import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The scales of a struct's tokens, which a struct of a format without scales need not have.
 *
 * @param field where they are; null where the struct has none
 */
record ScalesField(StructFields field) implements Serializable {

  /** The field's name. */
  static final String NAME = "scales";

  private static final StructType FIELD = new StructType().add(NAME, DataTypes.BinaryType);

  static ScalesField of(DataType type) {
    boolean has =
        type instanceof StructType struct
            && Arrays.stream(struct.fieldNames()).anyMatch(NAME::equalsIgnoreCase);
    return new ScalesField(has ? StructFields.of("stored tokens", FIELD, type) : null);
  }

  /**
   * A row's scales, empty for a format without.
   *
   * @throws IllegalArgumentException when the format has scales and the row has none
   */
  byte[] read(SqlValues row, TokenFormat format) {
    if (field != null && !field.isNull(row, 0)) {
      return (byte[]) field.value(row, 0);
    }
    if (format.scaled()) {
      throw new IllegalArgumentException(
          "tokens of %s need a field scales, a float32 per token and plane, which is missing or NULL: take it along, of features/ with struct(block.*, planes, scales)"
              .formatted(format.label()));
    }
    return StoredRows.NO_SCALES;
  }

  /** What the field holds of rows: NULL for a format without scales. */
  static byte[] value(StoredRows rows) {
    return rows.format().scaled() ? rows.scales() : null;
  }
}

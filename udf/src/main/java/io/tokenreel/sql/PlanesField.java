package io.tokenreel.sql;

import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * How many planes a struct's tokens have, which a struct need not say.
 *
 * @param field where it says so; null for one plane
 */
record PlanesField(StructFields field) implements Serializable {

  private static final StructType FIELD = new StructType().add("planes", DataTypes.IntegerType);

  static PlanesField of(DataType type) {
    String name = FIELD.fieldNames()[0];
    boolean says =
        type instanceof StructType struct
            && Arrays.stream(struct.fieldNames()).anyMatch(name::equalsIgnoreCase);
    return new PlanesField(says ? StructFields.of("a token block", FIELD, type) : null);
  }

  /** The planes that a row says; 1 where it says none. */
  int read(SqlValues row) {
    return field == null || field.isNull(row, 0) ? 1 : field.integer(row, 0);
  }
}

package io.tokenreel.sql;

import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenDtype;
import io.tokenreel.token.TokenShape;
import java.io.Serializable;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * Where the seven fields of a token block are in a struct.
 *
 * @param fields in the order of {@link TokenSchemas#BLOCK}
 */
record BlockLayout(StructFields fields) implements Serializable {

  /**
   * The layout of a column's type.
   *
   * @throws IllegalArgumentException when it is no struct with the seven fields
   */
  static BlockLayout of(DataType type) {
    return new BlockLayout(StructFields.of("a token block", TokenSchemas.BLOCK, type));
  }

  StructType type() {
    return fields.type();
  }

  /**
   * The block in a row of {@link #type}, sharing the row's bytes where Spark does.
   *
   * @throws IllegalArgumentException when a field is NULL or does not fit the others
   */
  TokenBlock read(SqlValues row) {
    TokenShape shape =
        new TokenShape(
            fields.integer(row, 0),
            fields.integer(row, 1),
            fields.integer(row, 2),
            fields.integer(row, 3),
            fields.integer(row, 4));
    TokenDtype dtype = TokenDtype.of(fields.value(row, 5).toString());
    return new TokenBlock(shape, dtype, (byte[]) fields.value(row, 6));
  }
}

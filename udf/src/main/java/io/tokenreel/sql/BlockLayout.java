package io.tokenreel.sql;

import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.token.TokenShape;
import java.io.Serializable;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * Where the seven fields of a token block are in a struct, and its planes and scales where it has
 * them.
 *
 * @param fields in the order of {@link TokenSchemas#BLOCK}
 */
record BlockLayout(StructFields fields, PlanesField planes, ScalesField scales)
    implements Serializable {

  /**
   * The layout of a column's type.
   *
   * @throws IllegalArgumentException when it is no struct with the seven fields
   */
  static BlockLayout of(DataType type) {
    return new BlockLayout(
        StructFields.of("a token block", TokenSchemas.BLOCK, type),
        PlanesField.of(type),
        ScalesField.of(type));
  }

  StructType type() {
    return fields.type();
  }

  /**
   * The block in a row of {@link #type}, sharing the row's bytes where Spark does. Blocks of
   * versions before 0.2 may have a newline token after every row of the grid; those are left out.
   *
   * @throws IllegalArgumentException when a field is NULL or does not fit the others
   */
  TokenBlock read(SqlValues row) {
    TokenShape shape =
        new TokenShape(
            fields.integer(row, 0),
            fields.integer(row, 2),
            fields.integer(row, 3),
            fields.integer(row, 4),
            planes.read(row));
    TokenFormat format = TokenFormat.of(fields.value(row, 5).toString());
    byte[] data = (byte[]) fields.value(row, 6);
    int perFrame = fields.integer(row, 1);
    if (perFrame == shape.tokensPerFrame() + shape.gridHeight()) {
      return new TokenBlock(
          shape, format, withoutNewlines(data, shape, format), scales.read(row, format));
    }
    if (perFrame != shape.tokensPerFrame()) {
      throw new IllegalArgumentException(
          "tokens_per_frame must be grid_height * grid_width = %d; got %d"
              .formatted(shape.tokensPerFrame(), perFrame));
    }
    return new TokenBlock(shape, format, data, scales.read(row, format));
  }

  private static byte[] withoutNewlines(byte[] data, TokenShape shape, TokenFormat format) {
    int row = format.bytes(Math.multiplyExact(shape.gridWidth(), shape.rowDim()));
    int withNewline = row + format.bytes(shape.rowDim());
    int rows = shape.frames() * shape.gridHeight();
    if (data.length != (long) rows * withNewline) {
      throw new IllegalArgumentException(
          "data of a %s block of %d rows of %d tokens and a newline token with %d channels must hold %d bytes; got %d"
              .formatted(
                  format.label(),
                  rows,
                  shape.gridWidth(),
                  shape.rowDim(),
                  (long) rows * withNewline,
                  data.length));
    }
    byte[] plain = new byte[rows * row];
    for (int r = 0; r < rows; r++) {
      System.arraycopy(data, r * withNewline, plain, r * row, row);
    }
    return plain;
  }
}

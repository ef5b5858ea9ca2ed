package io.tokenreel.sql;

import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenShape;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * How tokens look as Spark columns: structs with one binary field, never arrays of floats, which
 * Spark would box.
 */
public final class TokenSchemas {

  /**
   * The fields that every token block has; {@code data} is little-endian and row-major {@code
   * [frames][tokens_per_frame][dim]}. Blocks of several planes and of formats with scales have
   * further fields.
   */
  public static final StructType BLOCK =
      new StructType()
          .add("frames", DataTypes.IntegerType, false)
          .add("tokens_per_frame", DataTypes.IntegerType, false)
          .add("grid_height", DataTypes.IntegerType, false)
          .add("grid_width", DataTypes.IntegerType, false)
          .add("dim", DataTypes.IntegerType, false)
          .add("dtype", DataTypes.StringType, false)
          .add("data", DataTypes.BinaryType, false);

  /**
   * A token block of any format: {@code scales} are float32, little-endian, {@code
   * [frames][tokens_per_frame][planes]}, and NULL for a format without scales.
   */
  public static final StructType SCALED_BLOCK = BLOCK.add(ScalesField.NAME, DataTypes.BinaryType);

  /**
   * A token block of any format that says how many planes its tokens have ({@link
   * TokenShape#planes}); NULL means one. {@code data} is {@code
   * [frames][tokens_per_frame][planes][dim]}, {@code scales} are those of {@link #SCALED_BLOCK}.
   */
  public static final StructType PLANED_BLOCK =
      BLOCK.add("planes", DataTypes.IntegerType).add(ScalesField.NAME, DataTypes.BinaryType);

  /**
   * Kept tokens; {@code data} is little-endian and row-major {@code [size(index)][dim]}, where dim
   * counts the channels of all planes. {@code scales} are float32, little-endian, {@code
   * [size(index)][planes]}, and NULL for a format without scales.
   */
  public static final StructType COMPRESSED =
      new StructType()
          .add("dim", DataTypes.IntegerType, false)
          .add("dtype", DataTypes.StringType, false)
          .add("index", DataTypes.createArrayType(DataTypes.IntegerType, false), false)
          .add("data", DataTypes.BinaryType, false)
          .add(ScalesField.NAME, DataTypes.BinaryType);

  /**
   * What came of compressing one block: the fields of {@link #COMPRESSED} and the share of each
   * frame that the method set out to keep, or, with those NULL, in {@code error} why it refused the
   * block; and the wall time of it.
   */
  public static final StructType COMPRESSION_ATTEMPT =
      new StructType()
          .add("dim", DataTypes.IntegerType)
          .add("dtype", DataTypes.StringType)
          .add("index", DataTypes.createArrayType(DataTypes.IntegerType, false))
          .add("data", DataTypes.BinaryType)
          .add("frame_budgets", DataTypes.createArrayType(DataTypes.DoubleType, false))
          .add("error", DataTypes.StringType)
          .add("compress_ms", DataTypes.LongType, false)
          .add(ScalesField.NAME, DataTypes.BinaryType);

  private TokenSchemas() {}

  /**
   * Checks that a column's type holds token blocks: the fields of {@link #BLOCK} by name, in any
   * order, with integers of any width.
   *
   * @throws IllegalArgumentException when it does not; the message gives both types
   */
  public static void requireBlock(DataType type) {
    BlockLayout.of(type);
  }

  /**
   * A block as a row of {@link #BLOCK}, sharing the block's bytes.
   *
   * @throws IllegalArgumentException when it has several planes or scales
   */
  public static Row row(TokenBlock block) {
    if (block.format().scaled()) {
      throw new IllegalArgumentException(
          "a block of %s has a struct with scales".formatted(block.format().label()));
    }
    if (block.shape().planes() > 1) {
      throw new IllegalArgumentException(
          "a block of %d planes has a struct with planes".formatted(block.shape().planes()));
    }
    return RowFactory.create(fields(block).toArray());
  }

  /** A block as a row of {@link #PLANED_BLOCK}, sharing the block's bytes. */
  public static Row planedRow(TokenBlock block) {
    List<Object> fields = fields(block);
    fields.add(block.shape().planes());
    fields.add(ScalesField.value(block.rows()));
    return RowFactory.create(fields.toArray());
  }

  private static List<Object> fields(TokenBlock block) {
    TokenShape shape = block.shape();
    return new ArrayList<>(
        List.of(
            shape.frames(),
            shape.tokensPerFrame(),
            shape.gridHeight(),
            shape.gridWidth(),
            shape.dim(),
            block.format().label(),
            block.data()));
  }
}

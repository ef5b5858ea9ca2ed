package io.tokenreel.sql.udf;

import io.tokenreel.sql.TokenUdf;
import org.apache.spark.sql.api.java.UDF4;

/**
 * {@code make_block(values, frames, grid_height, grid_width)}: a token block of numbers, stored as
 * floats.
 */
public final class MakeBlock extends TokenUdf
    implements UDF4<Object, Object, Object, Object, Object> {

  private static final long serialVersionUID = 1;

  /** As {@code registerJavaFunction} makes it. */
  public MakeBlock() {
    super("make_block");
  }

  @Override
  public Object call(Object values, Object frames, Object gridHeight, Object gridWidth) {
    return evaluate(values, frames, gridHeight, gridWidth);
  }
}

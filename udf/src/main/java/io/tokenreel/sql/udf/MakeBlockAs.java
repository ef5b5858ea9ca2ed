package io.tokenreel.sql.udf;

import io.tokenreel.sql.TokenUdf;
import org.apache.spark.sql.api.java.UDF5;

/**
 * {@code make_block(values, frames, grid_height, grid_width, dtype)}: a token block of numbers,
 * stored in a dtype.
 */
public final class MakeBlockAs extends TokenUdf
    implements UDF5<Object, Object, Object, Object, Object, Object> {

  private static final long serialVersionUID = 1;

  /** As {@code registerJavaFunction} makes it. */
  public MakeBlockAs() {
    super("make_block");
  }

  @Override
  public Object call(
      Object values, Object frames, Object gridHeight, Object gridWidth, Object dtype) {
    return evaluate(values, frames, gridHeight, gridWidth, dtype);
  }
}

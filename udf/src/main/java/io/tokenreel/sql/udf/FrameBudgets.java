package io.tokenreel.sql.udf;

import io.tokenreel.sql.TokenUdf;
import org.apache.spark.sql.api.java.UDF2;

/**
 * {@code frame_budgets(block, spec)}: the share of each frame's tokens that a method sets out to
 * keep.
 */
public final class FrameBudgets extends TokenUdf implements UDF2<Object, Object, Object> {

  private static final long serialVersionUID = 1;

  /** As {@code registerJavaFunction} makes it. */
  public FrameBudgets() {
    super("frame_budgets");
  }

  @Override
  public Object call(Object block, Object spec) {
    return evaluate(block, spec);
  }
}

package io.tokenreel.sql.udf;

import io.tokenreel.sql.TokenUdf;
import org.apache.spark.sql.api.java.UDF1;

/** {@code token_stats(block)}: how each frame stands out. */
public final class TokenStats extends TokenUdf implements UDF1<Object, Object> {

  private static final long serialVersionUID = 1;

  /** As {@code registerJavaFunction} makes it. */
  public TokenStats() {
    super("token_stats");
  }

  @Override
  public Object call(Object block) {
    return evaluate(block);
  }
}

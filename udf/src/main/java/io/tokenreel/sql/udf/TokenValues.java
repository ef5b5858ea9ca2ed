package io.tokenreel.sql.udf;

import io.tokenreel.sql.TokenUdf;
import org.apache.spark.sql.api.java.UDF1;

/** {@code token_values(compressed)}: stored tokens as floats. */
public final class TokenValues extends TokenUdf implements UDF1<Object, Object> {

  private static final long serialVersionUID = 1;

  /** As {@code registerJavaFunction} makes it. */
  public TokenValues() {
    super("token_values");
  }

  @Override
  public Object call(Object compressed) {
    return evaluate(compressed);
  }
}

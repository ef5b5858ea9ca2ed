package io.tokenreel.sql.udf;

import io.tokenreel.sql.TokenUdf;
import org.apache.spark.sql.api.java.UDF3;

/**
 * {@code compress_tokens(block, spec, dtype)}: the tokens that a method keeps, stored in a dtype.
 */
public final class CompressTokensAs extends TokenUdf
    implements UDF3<Object, Object, Object, Object> {

  private static final long serialVersionUID = 1;

  /** As {@code registerJavaFunction} makes it. */
  public CompressTokensAs() {
    super("compress_tokens");
  }

  @Override
  public Object call(Object block, Object spec, Object dtype) {
    return evaluate(block, spec, dtype);
  }
}

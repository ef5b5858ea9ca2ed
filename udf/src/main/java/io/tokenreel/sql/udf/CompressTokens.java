package io.tokenreel.sql.udf;

import io.tokenreel.sql.TokenUdf;
import org.apache.spark.sql.api.java.UDF2;

/** {@code compress_tokens(block, spec)}: the tokens that a method keeps. */
public final class CompressTokens extends TokenUdf implements UDF2<Object, Object, Object> {

  private static final long serialVersionUID = 1;

  /** As {@code registerJavaFunction} makes it. */
  public CompressTokens() {
    super("compress_tokens");
  }

  @Override
  public Object call(Object block, Object spec) {
    return evaluate(block, spec);
  }
}

package io.tokenreel.sql.udf;

import io.tokenreel.sql.TokenUdf;
import org.apache.spark.sql.api.java.UDF2;

/** {@code select_tokens(block, spec)}: the indices of the tokens that a method keeps. */
public final class SelectTokens extends TokenUdf implements UDF2<Object, Object, Object> {

  private static final long serialVersionUID = 1;

  /** As {@code registerJavaFunction} makes it. */
  public SelectTokens() {
    super("select_tokens");
  }

  @Override
  public Object call(Object block, Object spec) {
    return evaluate(block, spec);
  }
}

package io.tokenreel.sql.udf;

import io.tokenreel.sql.TokenUdf;
import org.apache.spark.sql.api.java.UDF2;

/** {@code dycoke(block, prune)}: the tokens that DyCoke's temporal merging keeps. */
public final class DyCoke extends TokenUdf implements UDF2<Object, Object, Object> {

  private static final long serialVersionUID = 1;

  /** As {@code registerJavaFunction} makes it. */
  public DyCoke() {
    super("dycoke");
  }

  @Override
  public Object call(Object block, Object prune) {
    return evaluate(block, prune);
  }
}

package io.tokenreel.sql.udf;

import io.tokenreel.sql.TokenUdf;
import org.apache.spark.sql.api.java.UDF2;

/** {@code vidcom2(block, retention)}: the tokens that VidCom2 keeps. */
public final class VidCom2 extends TokenUdf implements UDF2<Object, Object, Object> {

  private static final long serialVersionUID = 1;

  /** As {@code registerJavaFunction} makes it. */
  public VidCom2() {
    super("vidcom2");
  }

  @Override
  public Object call(Object block, Object retention) {
    return evaluate(block, retention);
  }
}

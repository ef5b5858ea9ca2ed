package io.tokenreel.cache;

import io.tokenreel.video.UriSecrets;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/** Columns of URIs, and of texts with URIs in them. */
public final class UriColumns {

  private static final UserDefinedFunction HIDE =
      functions.udf((UDF1<String, String>) UriSecrets::hide, DataTypes.StringType);

  private static final UserDefinedFunction HIDE_IN =
      functions.udf((UDF1<String, String>) UriSecrets::hideIn, DataTypes.StringType);

  private UriColumns() {}

  /** URIs without their secrets, as {@link UriSecrets#hideIn} has them. */
  public static Column uri(Column uris) {
    return HIDE_IN.apply(uris);
  }

  /** Texts without the secrets of their URIs, as {@link UriSecrets#hide} has them. */
  public static Column text(Column texts) {
    return HIDE.apply(texts);
  }
}

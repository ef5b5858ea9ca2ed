package io.tokenreel.cache;

import io.tokenreel.video.UriSecrets;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/** Columns of texts with URIs in them. */
public final class UriColumns {

  private static final UserDefinedFunction HIDE =
      functions.udf((UDF1<String, String>) UriSecrets::hide, DataTypes.StringType);

  private UriColumns() {}

  /** The texts without the secrets of their URIs, as {@link UriSecrets#hide} has them. */
  public static Column withoutSecrets(Column texts) {
    return HIDE.apply(texts);
  }
}

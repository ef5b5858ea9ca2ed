package io.tokenreel.sql;

import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import scala.Tuple3;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Brings the token functions into a session:
 *
 * <pre>spark.sql.extensions=io.tokenreel.sql.TokenReelExtensions</pre>
 *
 * <p>{@code DESCRIBE FUNCTION EXTENDED name} then shows the usage, arguments and examples of each;
 * {@link TokenFunctions} lists them.
 */
public final class TokenReelExtensions
    extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    for (TokenFunction function : TokenFunctions.all()) {
      extensions.injectFunction(
          new Tuple3<>(
              new FunctionIdentifier(function.name()),
              info(function),
              arguments -> new TokenExpression(function, arguments)));
    }
    return BoxedUnit.UNIT;
  }

  private static ExpressionInfo info(TokenFunction function) {
    FunctionDoc doc = function.doc();
    String none = "";
    return new ExpressionInfo(
        function.getClass().getName(),
        none, // database
        function.name(),
        doc.usage(),
        doc.argumentsSection(),
        doc.examplesSection(),
        none, // note
        "array_funcs",
        FunctionDoc.SINCE,
        none, // deprecated
        "java_udf");
  }
}

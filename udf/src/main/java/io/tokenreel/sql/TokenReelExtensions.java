package io.tokenreel.sql;

import java.util.List;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry;
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
 *
 * <p>A function that only a session has is a temporary one to Spark, which persistent views may not
 * use. So the functions join Spark's built-in ones as well, which all sessions of this JVM that
 * start later have.
 */
public final class TokenReelExtensions
    extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {

  /** Made once: Spark warns when another definition takes a function's name. */
  private static final List<Definition> DEFINITIONS =
      TokenFunctions.all().stream().map(Definition::of).toList();

  private record Definition(
      FunctionIdentifier name, ExpressionInfo info, TokenExpression.Builder builder) {

    static Definition of(TokenFunction<?> function) {
      return new Definition(
          new FunctionIdentifier(function.name()),
          TokenReelExtensions.info(function),
          new TokenExpression.Builder(function));
    }
  }

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    for (Definition function : DEFINITIONS) {
      FunctionRegistry.builtin()
          .registerFunction(function.name(), function.info(), function.builder());
      extensions.injectFunction(new Tuple3<>(function.name(), function.info(), function.builder()));
    }
    return BoxedUnit.UNIT;
  }

  private static ExpressionInfo info(TokenFunction<?> function) {
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

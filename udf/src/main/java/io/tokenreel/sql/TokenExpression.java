package io.tokenreel.sql;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult;
import org.apache.spark.sql.catalyst.expressions.Cast$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.catalyst.expressions.objects.Invoke;
import org.apache.spark.sql.classic.ExpressionUtils;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.ObjectType;
import scala.collection.Iterator;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/**
 * A call of a {@link TokenFunction} in a query plan. This class alone touches Catalyst's
 * expressions.
 *
 * <p>Types and constant arguments are checked while the query is analysed. Code generation is
 * Catalyst's own {@link Invoke}, so the call is part of whole-stage code. NULL in any argument
 * gives NULL.
 */
public final class TokenExpression extends Expression implements Serializable {

  private final TokenFunction<?> function;
  private final Seq<Expression> arguments;
  private final boolean analysed; // constants that come to light later are the rows' affair
  private transient Expression call; // see call()

  /**
   * A call, as analysis makes it and as Spark copies it.
   *
   * @param function what is called
   * @param arguments the first argument and what follows it, resolved or not yet
   */
  public TokenExpression(TokenFunction<?> function, Seq<Expression> arguments) {
    this(function, arguments, false);
  }

  private TokenExpression(TokenFunction<?> function, Seq<Expression> arguments, boolean analysed) {
    this.function = function;
    this.arguments = arguments;
    this.analysed = analysed;
  }

  /** Makes a call of its arguments, for Spark's function registry. */
  static final class Builder extends AbstractFunction1<Seq<Expression>, Expression> {

    private final TokenFunction<?> function;

    Builder(TokenFunction<?> function) {
      this.function = function;
    }

    @Override
    public Expression apply(Seq<Expression> arguments) {
      return new TokenExpression(function, arguments);
    }
  }

  /** The call as a Column, in any session, with the extension or without. */
  static Column column(TokenFunction<?> function, List<Column> arguments) {
    List<Expression> expressions = arguments.stream().map(ExpressionUtils::expression).toList();
    return ExpressionUtils.column(new TokenExpression(function, sequence(expressions)));
  }

  @Override
  public TypeCheckResult checkInputDataTypes() {
    try {
      check();
      return TypeCheckResult.TypeCheckSuccess$.MODULE$;
    } catch (IllegalArgumentException e) {
      return new TypeCheckResult.TypeCheckFailure(e.getMessage());
    }
  }

  private void check() {
    List<Parameter> parameters = function.parameters();
    int given = arguments.size() - 1;
    if (given > parameters.size() || given < parameters.size() - function.optionalParameters()) {
      throw new IllegalArgumentException(
          "the call must be %s; got %d arguments".formatted(function.signature(), given + 1));
    }
    Expression subject = arguments.apply(0);
    if (!subject.dataType().equals(DataTypes.NullType)) {
      function.subject().cast(subject.dataType());
    }
    for (int i = 0; i < given; i++) {
      check(parameters.get(i), arguments.apply(i + 1));
    }
  }

  private void check(Parameter parameter, Expression argument) {
    if (!parameter.takes(argument.dataType())) {
      throw new IllegalArgumentException(parameter.expected(argument.dataType()));
    }
    Object constant = analysed ? null : constant(argument);
    if (constant != null) {
      parameter.check().accept(constant.toString());
    }
  }

  /**
   * A constant's text, or null where there is none or it cannot be evaluated by now. current_date()
   * and its like, and functions that stand for other expressions, become what can be when the query
   * is optimised. Spark takes no refusal then, so a spec made of them is checked with the first
   * row; and what is wrong in a constant itself, such as a division by zero, is Spark's to say.
   */
  private static Object constant(Expression argument) {
    if (!argument.foldable()) {
      return null;
    }
    try {
      return text(argument).eval(null);
    } catch (Exception e) { // Scala declares no exceptions
      return null;
    }
  }

  /** The method call that this expression stands for; there is one once the types are known. */
  private Expression call() {
    if (call == null) {
      call = lower();
    }
    return call;
  }

  private Expression lower() {
    Expression subject = arguments.apply(0);
    if (subject.dataType().equals(DataTypes.NullType)) {
      return new Literal(null, dataType());
    }
    DataType read = function.subject().cast(subject.dataType());
    TokenCall target = TokenCall.of(function, read);
    List<Expression> values = new ArrayList<>();
    values.add(cast(subject, read));
    for (int i = 1; i < arguments.size(); i++) {
      values.add(text(arguments.apply(i)));
    }
    boolean propagateNull = true;
    boolean returnNullable = true;
    boolean isDeterministic = true;
    return new Invoke(
        new Literal(target, new ObjectType(TokenCall.class)),
        TokenCall.METHOD,
        dataType(),
        sequence(values),
        sequence(List.of()),
        propagateNull,
        returnNullable,
        isDeterministic);
  }

  private static Expression text(Expression argument) {
    return cast(argument, DataTypes.StringType);
  }

  private static Expression cast(Expression argument, DataType type) {
    boolean ansi = true;
    return argument.dataType().equals(type) ? argument : Cast$.MODULE$.apply(argument, type, ansi);
  }

  private static <T> Seq<T> sequence(List<T> values) {
    return CollectionConverters.asScala(values).toSeq();
  }

  @Override
  public Object eval(InternalRow input) {
    return call().eval(input);
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode result) {
    return call().doGenCode(context, result);
  }

  @Override
  public DataType dataType() {
    return function.returnType();
  }

  @Override
  public boolean nullable() {
    return true;
  }

  @Override
  public boolean foldable() {
    return arguments.forall(Expression::foldable);
  }

  @Override
  public String prettyName() {
    return function.name();
  }

  @Override
  public Seq<Expression> children() {
    return arguments;
  }

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> children) {
    return new TokenExpression(function, children, resolved());
  }

  @Override
  @SuppressWarnings("unchecked") // an iterator only hands out what it holds
  public Iterator<Object> flatArguments() {
    return (Iterator<Object>) (Iterator<?>) arguments.iterator();
  }

  @Override
  public int productArity() {
    return 2;
  }

  @Override
  public Object productElement(int n) {
    return n == 0 ? function : arguments;
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof TokenExpression;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenExpression call
        && function.equals(call.function)
        && arguments.equals(call.arguments);
  }

  @Override
  public int hashCode() {
    return 31 * function.hashCode() + arguments.hashCode();
  }
}

package io.tokenreel.sql;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.types.DataType;

/**
 * What Spark's generated code calls for each row; public for that code only.
 *
 * <p>It turns the values of a plan into what the function takes, and the function's result into a
 * value of the plan.
 */
public final class TokenCall implements Serializable {

  /** The name of the methods below, which differ in how many arguments follow the first. */
  static final String METHOD = "call";

  private final TokenFunction<?> function;
  private final Subject.Reader<?> reader;

  private TokenCall(TokenFunction<?> function, Subject.Reader<?> reader) {
    this.function = function;
    this.reader = reader;
  }

  /** Calls of a function with a first argument of a type that its subject can read. */
  static TokenCall of(TokenFunction<?> function, DataType subject) {
    return new TokenCall(function, function.subject().reader(subject));
  }

  public Object call(Object subject) {
    return evaluate(subject);
  }

  public Object call(Object subject, Object first) {
    return evaluate(subject, first);
  }

  public Object call(Object subject, Object first, Object second) {
    return evaluate(subject, first, second);
  }

  public Object call(Object subject, Object first, Object second, Object third) {
    return evaluate(subject, first, second, third);
  }

  public Object call(Object subject, Object first, Object second, Object third, Object fourth) {
    return evaluate(subject, first, second, third, fourth);
  }

  private Object evaluate(Object subject, Object... arguments) {
    try {
      List<String> texts = Arrays.stream(arguments).map(Object::toString).toList();
      return InternalValues.write(evaluate(function, subject, texts));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(function.name() + ": " + e.getMessage(), e);
    }
  }

  @SuppressWarnings("unchecked") // the reader is of the function's subject, see of()
  private <T> Object evaluate(TokenFunction<T> called, Object subject, List<String> texts) {
    return called.evaluate((T) reader.read(InternalValues.read(subject)), texts);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenCall call
        && function.equals(call.function)
        && reader.equals(call.reader);
  }

  @Override
  public int hashCode() {
    return 31 * function.hashCode() + reader.hashCode();
  }

  @Override
  public String toString() {
    return function.name();
  }
}

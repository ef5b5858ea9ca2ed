package io.tokenreel.sql;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * What Spark's generated code calls for each row; public for that code only.
 *
 * <p>It turns Spark's internal values into what the function takes, and the function's result into
 * Spark's internal values.
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

  public Object call(Object subject, UTF8String first) {
    return evaluate(subject, first);
  }

  public Object call(Object subject, UTF8String first, UTF8String second) {
    return evaluate(subject, first, second);
  }

  public Object call(Object subject, UTF8String first, UTF8String second, UTF8String third) {
    return evaluate(subject, first, second, third);
  }

  public Object call(
      Object subject, UTF8String first, UTF8String second, UTF8String third, UTF8String fourth) {
    return evaluate(subject, first, second, third, fourth);
  }

  private Object evaluate(Object subject, UTF8String... arguments) {
    try {
      List<String> texts = Arrays.stream(arguments).map(UTF8String::toString).toList();
      return internal(evaluate(function, subject, texts));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(function.name() + ": " + e.getMessage(), e);
    }
  }

  @SuppressWarnings("unchecked") // the reader is of the function's subject, see of()
  private <T> Object evaluate(TokenFunction<T> called, Object subject, List<String> texts) {
    return called.evaluate((T) reader.read(subject), texts);
  }

  private static Object internal(Object value) {
    if (value instanceof String text) {
      return UTF8String.fromString(text);
    }
    if (value instanceof int[] integers) {
      return UnsafeArrayData.fromPrimitiveArray(integers);
    }
    if (value instanceof float[] floats) {
      return UnsafeArrayData.fromPrimitiveArray(floats);
    }
    if (value instanceof double[] doubles) {
      return UnsafeArrayData.fromPrimitiveArray(doubles);
    }
    if (value instanceof List<?> struct) {
      return new GenericInternalRow(internal(struct.stream()));
    }
    if (value instanceof Object[] structs) {
      return new GenericArrayData(internal(Arrays.stream(structs)));
    }
    return value;
  }

  private static Object[] internal(Stream<?> values) {
    return values.map(TokenCall::internal).toArray();
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

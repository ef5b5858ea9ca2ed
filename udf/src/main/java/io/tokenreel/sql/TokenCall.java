package io.tokenreel.sql;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * What Spark's generated code calls for each row; public for that code only.
 *
 * <p>It turns Spark's internal values into a token block and texts, and the function's result into
 * Spark's internal values.
 */
public final class TokenCall implements Serializable {

  /** The name of the methods below, which differ in how many arguments follow the block. */
  static final String METHOD = "call";

  private final TokenFunction function;
  private final BlockLayout layout;

  TokenCall(TokenFunction function, BlockLayout layout) {
    this.function = function;
    this.layout = layout;
  }

  public Object call(InternalRow block) {
    return evaluate(block);
  }

  public Object call(InternalRow block, UTF8String first) {
    return evaluate(block, first);
  }

  public Object call(InternalRow block, UTF8String first, UTF8String second) {
    return evaluate(block, first, second);
  }

  private Object evaluate(InternalRow block, UTF8String... arguments) {
    try {
      List<String> texts = Arrays.stream(arguments).map(UTF8String::toString).toList();
      return internal(function.evaluate(layout.read(block), texts));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(function.name() + ": " + e.getMessage(), e);
    }
  }

  private static Object internal(Object value) {
    if (value instanceof String text) {
      return UTF8String.fromString(text);
    }
    if (value instanceof int[] integers) {
      return UnsafeArrayData.fromPrimitiveArray(integers);
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
        && layout.equals(call.layout);
  }

  @Override
  public int hashCode() {
    return 31 * function.hashCode() + layout.hashCode();
  }

  @Override
  public String toString() {
    return function.name();
  }
}

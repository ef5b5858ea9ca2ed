package io.tokenreel.sql;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The form that values have inside a query plan. This class alone knows Spark's internal rows,
 * arrays and strings.
 */
final class InternalValues {

  private InternalValues() {}

  /** A struct or array of a plan as {@link SqlValues}; any other value as it is. */
  static Object read(Object internal) {
    return internal instanceof SpecializedGetters values ? new View(values) : internal;
  }

  /** Spark's form of a result, as {@link TokenFunction#evaluate} describes it. */
  static Object write(Object value) {
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
      return new GenericInternalRow(write(struct.stream()));
    }
    if (value instanceof Object[] structs) {
      return new GenericArrayData(write(Arrays.stream(structs)));
    }
    return value;
  }

  private static Object[] write(Stream<?> values) {
    return values.map(InternalValues::write).toArray();
  }

  /**
   * @param values a row or an array
   */
  private record View(SpecializedGetters values) implements SqlValues {

    @Override
    public int size() {
      return ((ArrayData) values).numElements();
    }

    @Override
    public boolean isNullAt(int place) {
      return values.isNullAt(place);
    }

    @Override
    public Object valueAt(int place, DataType type) {
      return read(values.get(place, type));
    }

    @Override
    public float floatAt(int place) {
      return values.getFloat(place);
    }

    @Override
    public double doubleAt(int place) {
      return values.getDouble(place);
    }
  }
}

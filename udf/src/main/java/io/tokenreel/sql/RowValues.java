package io.tokenreel.sql;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import scala.Product;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The form that values have in a Java UDF: rows with a schema, Scala's sequences and boxed numbers.
 * Arrays come without the type of their elements, which {@link #typeOf} finds in the elements.
 */
final class RowValues {

  private RowValues() {}

  /**
   * The type of a UDF's argument, as far as the functions tell types apart: numbers other than
   * floats are doubles.
   *
   * @throws IllegalArgumentException for a value of a class that no function reads
   */
  static DataType typeOf(Object value) {
    if (value instanceof Row row) {
      return row.schema();
    }
    if (value instanceof byte[]) {
      return DataTypes.BinaryType;
    }
    if (value instanceof String) {
      return DataTypes.StringType;
    }
    if (value instanceof Number) {
      return value instanceof Float ? DataTypes.FloatType : DataTypes.DoubleType;
    }
    if (value instanceof Seq<?> array) {
      return DataTypes.createArrayType(
          CollectionConverters.asJava(array).stream()
              .filter(Objects::nonNull)
              .findFirst()
              .map(RowValues::typeOf)
              .orElse(DataTypes.FloatType));
    }
    throw new IllegalArgumentException(
        "expected a struct, an array, binary, a string or a number; got a "
            + value.getClass().getSimpleName());
  }

  /** A struct or array of a UDF as {@link SqlValues}; any other value as it is. */
  static Object read(Object value) {
    if (value instanceof Row row) {
      return new View(CollectionConverters.asJava(row.toSeq()));
    }
    return value instanceof Seq<?> array ? new View(CollectionConverters.asJava(array)) : value;
  }

  /** What a UDF returns for a result, as {@link TokenFunction#evaluate} describes it. */
  static Object write(Object value) {
    if (value instanceof List<?> struct) {
      return new Fields(Collections.unmodifiableList(write(struct)));
    }
    return value instanceof Object[] array
        ? Arrays.stream(array).map(RowValues::write).toArray()
        : value;
  }

  private static List<Object> write(List<?> struct) {
    List<Object> values = new ArrayList<>();
    struct.forEach(value -> values.add(write(value)));
    return values;
  }

  /**
   * A struct that Spark takes as many fields of as the declared type has, from the first on: a type
   * that was declared before a function got a further field stays right. Of a Row it takes all.
   *
   * @param values of the fields, some of them null
   */
  private record Fields(List<Object> values) implements Product {

    @Override
    public int productArity() {
      return values.size();
    }

    @Override
    public Object productElement(int n) {
      return values.get(n);
    }

    @Override
    public boolean canEqual(Object other) {
      return other instanceof Fields;
    }
  }

  /**
   * @param values of a row's fields or an array's elements, some of them null
   */
  private record View(List<?> values) implements SqlValues {

    @Override
    public int size() {
      return values.size();
    }

    @Override
    public boolean isNullAt(int place) {
      return values.get(place) == null;
    }

    @Override
    public Object valueAt(int place, DataType type) {
      return read(values.get(place));
    }

    @Override
    public float floatAt(int place) {
      return ((Number) values.get(place)).floatValue();
    }

    @Override
    public double doubleAt(int place) {
      return ((Number) values.get(place)).doubleValue();
    }
  }
}

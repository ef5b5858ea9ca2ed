package io.tokenreel.sql;

import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.NumericType;

/**
 * Numbers as an array, as an array of tokens, or as stored bytes. Numbers of any type are taken;
 * other than floats they go through doubles, so that one too large for a float is an error.
 */
record ValuesSubject() implements Subject<BlockValues> {

  private static final String EXPECTED =
      "values must be array<float>, array<array<float>>, of any type of number, or binary; got ";

  private record Numbers(boolean floats) implements Reader<BlockValues> {
    @Override
    public BlockValues read(Object value) {
      return new BlockValues.Flat(channels((SqlValues) value, floats, ""));
    }
  }

  private record Tokens(DataType token, boolean floats) implements Reader<BlockValues> {
    @Override
    public BlockValues read(Object value) {
      SqlValues tokens = (SqlValues) value;
      float[][] values = new float[tokens.size()][]; // [tokens][dim]
      for (int i = 0; i < values.length; i++) {
        if (tokens.isNullAt(i)) {
          throw new IllegalArgumentException("values must not hold NULL; token %d is".formatted(i));
        }
        values[i] = channels((SqlValues) tokens.valueAt(i, token), floats, " of token " + i);
      }
      return new BlockValues.Rows(values);
    }
  }

  private record Bytes() implements Reader<BlockValues> {
    @Override
    public BlockValues read(Object value) {
      return new BlockValues.Stored((byte[]) value);
    }
  }

  @Override
  public String name() {
    return "values";
  }

  @Override
  public DataType cast(DataType given) {
    if (given instanceof BinaryType) {
      return given;
    }
    if (given instanceof ArrayType array && array.elementType() instanceof ArrayType token) {
      return DataTypes.createArrayType(numbers(token, given), array.containsNull());
    }
    if (given instanceof ArrayType array) {
      return numbers(array, given);
    }
    throw new IllegalArgumentException(EXPECTED + given.catalogString());
  }

  private static DataType numbers(ArrayType array, DataType given) {
    if (array.elementType() instanceof FloatType) {
      return array;
    }
    if (array.elementType() instanceof NumericType) {
      return DataTypes.createArrayType(DataTypes.DoubleType, array.containsNull());
    }
    throw new IllegalArgumentException(EXPECTED + given.catalogString());
  }

  @Override
  public Reader<BlockValues> reader(DataType type) {
    if (type instanceof BinaryType) {
      return new Bytes();
    }
    DataType element = ((ArrayType) type).elementType();
    return element instanceof ArrayType token
        ? new Tokens(token, token.elementType() instanceof FloatType)
        : new Numbers(element instanceof FloatType);
  }

  private static float[] channels(SqlValues array, boolean floats, String where) {
    float[] channels = new float[array.size()];
    for (int i = 0; i < channels.length; i++) {
      if (array.isNullAt(i)) {
        throw new IllegalArgumentException(
            "values must not hold NULL; number %d%s is".formatted(i, where));
      }
      channels[i] = floats ? array.floatAt(i) : narrowed(array.doubleAt(i), i, where);
    }
    return channels;
  }

  private static float narrowed(double value, int i, String where) {
    float narrow = (float) value;
    if (Float.isInfinite(narrow) && Double.isFinite(value)) {
      throw new IllegalArgumentException(
          "values must fit a float; number %d%s is %s".formatted(i, where, value));
    }
    return narrow;
  }
}

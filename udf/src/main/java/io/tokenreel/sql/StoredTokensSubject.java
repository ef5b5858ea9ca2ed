package io.tokenreel.sql;

import io.tokenreel.token.TokenFormat;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A struct with the fields of stored tokens among others. */
record StoredTokensSubject() implements Subject<StoredTokens> {

  private static final StructType FIELDS =
      new StructType()
          .add("dim", DataTypes.IntegerType, false)
          .add("dtype", DataTypes.StringType, false)
          .add("data", DataTypes.BinaryType, false);

  private record TokensReader(StructFields fields, PlanesField planes, ScalesField scales)
      implements Reader<StoredTokens> {
    @Override
    public StoredTokens read(Object value) {
      SqlValues row = (SqlValues) value;
      TokenFormat format = TokenFormat.of(fields.value(row, 1).toString());
      return StoredTokens.of(
          Math.multiplyExact(fields.integer(row, 0), planes.read(row)),
          format,
          (byte[]) fields.value(row, 2),
          scales.read(row, format));
    }
  }

  @Override
  public String name() {
    return "compressed";
  }

  @Override
  public DataType cast(DataType given) {
    return fields(given).type();
  }

  @Override
  public Reader<StoredTokens> reader(DataType type) {
    return new TokensReader(fields(type), PlanesField.of(type), ScalesField.of(type));
  }

  private static StructFields fields(DataType type) {
    return StructFields.of("stored tokens", FIELDS, type);
  }
}

package io.tokenreel.sql;

import java.util.Objects;
import java.util.function.Consumer;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;

/**
 * A parameter of a {@link TokenFunction}. Its value reaches the function as text, a number as SQL
 * prints it.
 *
 * @param name as the docs write it
 * @param kind the SQL types it takes
 * @param check throws IllegalArgumentException for a text that is not allowed; constants are
 *     checked while a query is analysed
 */
record Parameter(String name, Kind kind, Consumer<String> check) {

  /** The SQL types that a parameter takes. */
  enum Kind {
    STRING,
    NUMBER
  }

  Parameter {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(check, "check");
  }

  /** A compression spec such as {@code vidcom2:retention=0.25}. */
  static Parameter spec() {
    return new Parameter("spec", Kind.STRING, CompressorCache.shared()::of);
  }

  /** Whether an argument of this SQL type can be given; an untyped NULL always can. */
  boolean takes(DataType type) {
    return type instanceof NullType
        || (kind == Kind.STRING ? type instanceof StringType : type instanceof NumericType);
  }

  /** Says that an argument of a type cannot be given. */
  String expected(DataType type) {
    return "%s must be a %s; got %s".formatted(name, kind.name(), type.catalogString());
  }
}

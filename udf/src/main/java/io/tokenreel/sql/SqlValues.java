package io.tokenreel.sql;

import org.apache.spark.sql.types.DataType;

/**
 * The values of a struct or of an array, as a query hands them over: inside a plan ({@link
 * InternalValues}) or to a Java UDF. Nothing of them may be kept after a call.
 */
interface SqlValues {

  /** How many values an array has; of arrays only. */
  int size();

  boolean isNullAt(int place);

  /**
   * A value that is not NULL: a struct or an array as SqlValues, {@code binary} as {@code byte[]},
   * a number as a {@link Number}, a string as an object with that text.
   *
   * @param type of the field or element
   */
  Object valueAt(int place, DataType type);

  /** A value of an {@code array<float>} that is not NULL. */
  float floatAt(int place);

  /** A value of an {@code array<double>} that is not NULL. */
  double doubleAt(int place);
}

package io.tokenreel.sql;

import java.io.Serializable;
import org.apache.spark.sql.types.DataType;

/**
 * The first argument of a {@link TokenFunction}: which SQL types it may have, and how its values
 * are read.
 *
 * @param <T> what a value is to the function
 */
interface Subject<T> extends Serializable {

  /** As the docs write it. */
  String name();

  /**
   * The type that an argument is cast to before it is read: often its own.
   *
   * @throws IllegalArgumentException for a type that cannot be read; the message says what can
   */
  DataType cast(DataType given);

  /** Reads values of a type that {@link #cast} gave. */
  Reader<T> reader(DataType type);

  /** Turns a value, never null, into what the function takes. */
  interface Reader<T> extends Serializable {

    /**
     * @param value a struct or an array as {@link SqlValues}, {@code binary} as {@code byte[]}
     * @throws IllegalArgumentException for a value that does not suit
     */
    T read(Object value);
  }
}

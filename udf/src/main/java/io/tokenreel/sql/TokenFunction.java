package io.tokenreel.sql;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.types.DataType;

/**
 * One SQL function: how it is called and documented, and what it computes.
 *
 * <p>Functions are records, so that Spark may ship them and sees that two calls are the same.
 *
 * @param <T> what its first argument is to it
 */
interface TokenFunction<T> extends Serializable {

  String name();

  FunctionDoc doc();

  /** The first argument. */
  Subject<T> subject();

  /** What follows the subject in the argument list. */
  List<Parameter> parameters();

  /** How many of {@link #parameters} may be left out, from the last one back. */
  default int optionalParameters() {
    return 0;
  }

  DataType returnType();

  /**
   * Computes the function.
   *
   * @param arguments the texts of the parameters, as many as the call has
   * @return the value of {@link #returnType}: an Integer, Double, String, {@code byte[]}, {@code
   *     int[]}, {@code float[]} or {@code double[]}; for a struct a {@link List} of its fields'
   *     values; for an array of structs or arrays an {@code Object[]}; or null
   * @throws IllegalArgumentException when the subject or an argument does not suit
   */
  Object evaluate(T subject, List<String> arguments);

  /** The call as the docs write it, such as {@code compress_tokens(block, spec[, dtype])}. */
  default String signature() {
    StringBuilder call = new StringBuilder(name()).append('(').append(subject().name());
    int required = parameters().size() - optionalParameters();
    for (int i = 0; i < parameters().size(); i++) {
      String parameter = parameters().get(i).name();
      call.append(i < required ? ", " + parameter : "[, " + parameter + "]");
    }
    return call.append(')').toString();
  }
}

package io.tokenreel.sql;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.types.DataType;

/**
 * A token function as a class for {@code registerJavaFunction}, for sessions that take no
 * extension. The classes of {@link io.tokenreel.sql.udf} extend it, one for each number of
 * arguments; what they return is what the function of the extension returns.
 *
 * <p>Arguments are known with the rows alone, so that a wrong one is an error of the query's run
 * and not of its analysis. NULL in any argument gives NULL. A spec is parsed once per JVM.
 */
public abstract class TokenUdf implements Serializable {

  private static final long serialVersionUID = 1;

  private final TokenFunction<?> function;
  private transient Seen seen; // whatever thread wrote it: a record is safe to hand over

  /** The reader of the type that the last call's subject had. */
  private record Seen(DataType type, Subject.Reader<?> reader) {}

  /**
   * @param function a function of the catalogue, by its SQL name
   */
  protected TokenUdf(String function) {
    this.function =
        TokenFunctions.all().stream()
            .filter(known -> known.name().equals(function))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no function " + function));
  }

  /**
   * Computes the function.
   *
   * @param subject its first argument, as Spark hands it to a Java UDF
   * @param arguments the others; a text or a number, as the function's docs say
   * @return as Spark takes it of a Java UDF; null when an argument is null
   * @throws IllegalArgumentException for an argument that does not suit, with what was expected
   */
  protected final Object evaluate(Object subject, Object... arguments) {
    if (subject == null || Arrays.stream(arguments).anyMatch(Objects::isNull)) {
      return null;
    }
    try {
      return RowValues.write(evaluate(function, subject, texts(arguments)));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(function.name() + ": " + e.getMessage(), e);
    }
  }

  @SuppressWarnings("unchecked") // the reader is of the function's subject, see reader()
  private <T> Object evaluate(TokenFunction<T> called, Object subject, List<String> texts) {
    return called.evaluate((T) reader(subject).read(RowValues.read(subject)), texts);
  }

  private Subject.Reader<?> reader(Object subject) {
    DataType type = RowValues.typeOf(subject);
    Seen known = seen;
    if (known == null || !known.type().equals(type)) {
      known = new Seen(type, function.subject().reader(function.subject().cast(type)));
      seen = known;
    }
    return known.reader();
  }

  private List<String> texts(Object[] arguments) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      Parameter parameter = function.parameters().get(i);
      DataType type = RowValues.typeOf(arguments[i]);
      if (!parameter.takes(type)) {
        throw new IllegalArgumentException(parameter.expected(type));
      }
      texts.add(
          arguments[i] instanceof BigDecimal number
              ? number.toPlainString()
              : arguments[i].toString());
    }
    return texts;
  }
}

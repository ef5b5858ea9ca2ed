package io.tokenreel.ml;

import java.util.function.Consumer;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.Identifiable;

/**
 * Params of text that are checked whenever they are set: by a setter, a ParamMap or loading. They
 * know the class of their value, without which Spark Connect sets no Param.
 */
public final class TextParams {

  private TextParams() {}

  /**
   * A Param of text.
   *
   * @param stage whose Param it is
   * @param check throws IllegalArgumentException, with the allowed values, for a value it refuses
   */
  public static Param<String> checked(
      Identifiable stage, String name, String doc, Consumer<String> check) {
    return new Param<>(
        stage.uid(),
        name,
        doc,
        value -> {
          check.accept(value);
          return true;
        },
        String.class);
  }

  /** A Param that holds the name of a column, which must not be empty. */
  public static Param<String> column(Identifiable stage, String name, String doc) {
    return checked(
        stage,
        name,
        doc,
        value -> {
          if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException(
                "%s: %s: a column name must not be empty".formatted(stage.uid(), name));
          }
        });
  }
}

package io.tokenreel.cli;

import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Numbers on the command line, with messages that say what was expected. */
final class Numbers {

  private Numbers() {}

  static void register(CommandLine line) {
    line.registerConverter(int.class, number("a whole number", Integer::valueOf));
    line.registerConverter(Integer.class, number("a whole number", Integer::valueOf));
    line.registerConverter(long.class, number("a whole number", Long::valueOf));
    line.registerConverter(Long.class, number("a whole number", Long::valueOf));
    line.registerConverter(double.class, number("a number", Double::valueOf));
    line.registerConverter(Double.class, number("a number", Double::valueOf));
  }

  private static <T> ITypeConverter<T> number(String expected, Function<String, T> parser) {
    return text -> {
      try {
        return parser.apply(text);
      } catch (NumberFormatException e) {
        if (text.matches("-?[0-9]+")) {
          throw new TypeConversionException("the number %s is too large".formatted(text));
        }
        throw new TypeConversionException("expected %s; got '%s'".formatted(expected, text));
      }
    };
  }
}

package io.tokenreel.jinja;

import com.hubspot.jinjava.el.ext.NamedParameter;
import io.tokenreel.python.PythonText;
import java.beans.FeatureDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;

/**
 * Methods that templates call on texts, mappings and lists, by Python's rules. Where Java's classes
 * have one of the same name it does otherwise, such as {@code split}, which takes an expression.
 */
final class PythonMethods extends ELResolver {

  /** What a slice of a whole sequence by steps of -1 becomes. */
  static final String REVERSED = "__reversed__";

  private static final Pattern INDEX = Pattern.compile("-?[0-9]{1,9}");

  @Override
  public Object invoke(
      ELContext context, Object base, Object method, Class<?>[] types, Object[] arguments) {
    Optional<Object> result = Optional.empty();
    if (base instanceof String text) {
      result = Optional.of(ofText(text, method.toString(), arguments));
    } else if (base instanceof Map<?, ?> mapping) {
      result = ofMapping(mapping, method.toString(), arguments);
    } else if (base instanceof List<?> list && method.equals(REVERSED)) {
      List<?> reversed = new ArrayList<>(list);
      Collections.reverse(reversed);
      result = Optional.of(reversed);
    }
    context.setPropertyResolved(result.isPresent());
    return result.orElse(null);
  }

  /**
   * What a method gives.
   *
   * @throws UnsupportedOperationException for a method that is not here: Java's of that name does
   *     something else
   */
  private static Object ofText(String text, String method, Object... arguments) {
    String first = arguments.length > 0 && arguments[0] instanceof String one ? one : "";
    boolean plain = Arrays.stream(arguments).noneMatch(NamedParameter.class::isInstance);
    return switch (plain ? method + arguments.length : method) {
      case REVERSED + "0" -> new StringBuilder(text).reverse().toString();
      case "startswith1" -> prefixes(arguments[0]).stream().anyMatch(text::startsWith);
      case "endswith1" -> prefixes(arguments[0]).stream().anyMatch(text::endsWith);
      case "strip0" -> PythonText.strip(text);
      case "strip1" -> PythonText.strip(text, first);
      case "lstrip0" -> PythonText.stripStart(text);
      case "lstrip1" -> PythonText.stripStart(text, first);
      case "rstrip0" -> PythonText.stripEnd(text);
      case "rstrip1" -> PythonText.stripEnd(text, first);
      case "split0" -> PythonText.split(text);
      case "split1", "split2" -> PythonText.split(text, separator(first), number(arguments, 1));
      case "replace2", "replace3" -> replaced(text, arguments);
      case "join1" -> joined(text, arguments[0]);
      case "lower0" -> PythonText.lower(text);
      case "upper0" -> PythonText.upper(text);
      case "capitalize0" -> PythonText.capitalize(text);
      default ->
          throw new UnsupportedOperationException(
              "a text has no method '%s' with %d arguments here"
                  .formatted(method, arguments.length));
    };
  }

  private static String separator(String given) {
    if (given.isEmpty()) {
      throw new UnsupportedOperationException("a text is split at a text that is not empty");
    }
    return given;
  }

  private static String joined(String separator, Object parts) {
    if (!(parts instanceof Collection<?> several)) {
      throw new UnsupportedOperationException("what is joined must be a list; got " + parts);
    }
    return several.stream().map(String::valueOf).collect(Collectors.joining(separator));
  }

  /** One text, or several as a list. */
  private static List<String> prefixes(Object argument) {
    return argument instanceof List<?> several
        ? several.stream().map(String::valueOf).toList()
        : List.of(String.valueOf(argument));
  }

  /** A whole number among the arguments, or -1. */
  private static int number(Object[] arguments, int place) {
    return arguments.length > place && arguments[place] instanceof Number number
        ? number.intValue()
        : -1;
  }

  private static String replaced(String text, Object... arguments) {
    String part = String.valueOf(arguments[0]);
    String other = String.valueOf(arguments[1]);
    int most = number(arguments, 2);
    return part.isEmpty() || most < 0
        ? text.replace(part, other)
        : String.join(other, PythonText.split(text, part, most));
  }

  private static Optional<Object> ofMapping(Map<?, ?> mapping, String method, Object... arguments) {
    if (!method.equals("get") || arguments.length != 2) {
      return Optional.empty();
    }
    Object value = mapping.get(arguments[0]);
    return Optional.ofNullable(value == null ? arguments[1] : value);
  }

  /** A character of a text, from its end where the number is negative. */
  @Override
  public Object getValue(ELContext context, Object base, Object property) {
    if (!(base instanceof String text) || !INDEX.matcher(property.toString()).matches()) {
      return null;
    }
    int count = text.codePointCount(0, text.length());
    int index = Integer.parseInt(property.toString());
    int place = index < 0 ? index + count : index;
    if (place < 0 || place >= count) {
      return null;
    }
    context.setPropertyResolved(true);
    return Character.toString(text.codePointAt(text.offsetByCodePoints(0, place)));
  }

  @Override
  public Class<?> getType(ELContext context, Object base, Object property) {
    return null;
  }

  @Override
  public void setValue(ELContext context, Object base, Object property, Object value) {
    // nothing is set by it
  }

  @Override
  public boolean isReadOnly(ELContext context, Object base, Object property) {
    return true;
  }

  @Override
  public Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, Object base) {
    return null;
  }

  @Override
  public Class<?> getCommonPropertyType(ELContext context, Object base) {
    return null;
  }
}

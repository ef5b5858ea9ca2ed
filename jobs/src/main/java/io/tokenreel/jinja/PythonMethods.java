package io.tokenreel.jinja;

import io.tokenreel.python.PythonText;
import java.beans.FeatureDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
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
      result = ofText(text, method.toString(), arguments);
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

  private static Optional<Object> ofText(String text, String method, Object... arguments) {
    String first = arguments.length > 0 && arguments[0] instanceof String one ? one : null;
    return Optional.ofNullable(
        switch (method) {
          case REVERSED -> new StringBuilder(text).reverse().toString();
          case "startswith" -> prefixes(arguments).stream().anyMatch(text::startsWith);
          case "endswith" -> prefixes(arguments).stream().anyMatch(text::endsWith);
          case "strip" -> first == null ? PythonText.strip(text) : PythonText.strip(text, first);
          case "lstrip" ->
              first == null ? PythonText.stripStart(text) : PythonText.stripStart(text, first);
          case "rstrip" ->
              first == null ? PythonText.stripEnd(text) : PythonText.stripEnd(text, first);
          case "split" ->
              first == null
                  ? PythonText.split(text)
                  : PythonText.split(text, first, number(arguments, 1));
          case "replace" -> replaced(text, arguments);
          case "lower" -> PythonText.lower(text);
          case "upper" -> PythonText.upper(text);
          case "capitalize" -> PythonText.capitalize(text);
          default -> null;
        });
  }

  /** One text, or several as a list. */
  private static List<String> prefixes(Object... arguments) {
    if (arguments.length == 1 && arguments[0] instanceof List<?> several) {
      return several.stream().map(String::valueOf).toList();
    }
    return Arrays.stream(arguments).limit(1).map(String::valueOf).toList();
  }

  /** A whole number among the arguments, or -1. */
  private static int number(Object[] arguments, int place) {
    return arguments.length > place && arguments[place] instanceof Number number
        ? number.intValue()
        : -1;
  }

  private static String replaced(String text, Object... arguments) {
    if (arguments.length < 2) {
      return null;
    }
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

package io.tokenreel.jinja;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.util.ObjectTruthValue;
import java.util.Arrays;
import java.util.Map;

/** Jinja's {@code default}, which gives a value as it is; the library's own makes it a text. */
final class PythonDefault implements Filter {

  private static final String VALUE = "default_value";
  private static final String FOR_FALSE = "boolean";

  @Override
  public String getName() {
    return "default";
  }

  @Override
  public Object filter(
      Object value, JinjavaInterpreter interpreter, Object[] arguments, Map<String, Object> named) {
    Object other = arguments.length > 0 ? arguments[0] : named.getOrDefault(VALUE, "");
    Object forFalse = arguments.length > 1 ? arguments[1] : named.get(FOR_FALSE);
    boolean takesOther =
        value == null || (ObjectTruthValue.evaluate(forFalse) && !ObjectTruthValue.evaluate(value));
    return takesOther ? other : value;
  }

  @Override
  public Object filter(Object value, JinjavaInterpreter interpreter, String... arguments) {
    return filter(
        value, interpreter, Arrays.copyOf(arguments, arguments.length, Object[].class), Map.of());
  }
}

package io.tokenreel.jinja;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import io.tokenreel.python.PythonText;
import java.util.List;
import java.util.function.UnaryOperator;

/** A filter of texts by Python's rules, in place of the library's own by Java's. */
final class PythonFilter implements Filter {

  private final String name;
  private final UnaryOperator<String> rule;

  private PythonFilter(String name, UnaryOperator<String> rule) {
    this.name = name;
    this.rule = rule;
  }

  /** All that texts are templated with. */
  static List<PythonFilter> all() {
    return List.of(
        new PythonFilter("trim", PythonText::strip),
        new PythonFilter("lower", PythonText::lower),
        new PythonFilter("upper", PythonText::upper),
        new PythonFilter("capitalize", PythonText::capitalize));
  }

  @Override
  public String getName() {
    return name;
  }

  /**
   * {@inheritDoc}
   *
   * @param arguments of {@code trim} the characters to take off; none for white space
   */
  @Override
  public Object filter(Object value, JinjavaInterpreter interpreter, String... arguments) {
    if (!(value instanceof CharSequence text)) {
      return value;
    }
    return arguments.length > 0 && name.equals("trim")
        ? PythonText.strip(text.toString(), arguments[0])
        : rule.apply(text.toString());
  }
}

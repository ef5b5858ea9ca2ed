package io.tokenreel.jinja;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import java.util.List;
import java.util.Map;

/**
 * A test of templates that a text passes as well, in place of the library's own, which a text
 * fails.
 */
final class PythonPredicate implements ExpTest {

  private final String name;

  private PythonPredicate(String name) {
    this.name = name;
  }

  /** All of them. */
  static List<PythonPredicate> all() {
    return List.of(new PythonPredicate("iterable"), new PythonPredicate("sequence"));
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public boolean evaluate(Object value, JinjavaInterpreter interpreter, Object... arguments) {
    return value instanceof CharSequence
        || value instanceof Iterable<?>
        || value instanceof Map<?, ?>
        || (value != null && value.getClass().isArray());
  }
}

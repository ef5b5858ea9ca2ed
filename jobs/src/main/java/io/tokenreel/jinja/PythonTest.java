package io.tokenreel.jinja;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import java.util.List;
import java.util.Map;

/** A test that a text passes as well, in place of the library's own, which a text fails. */
final class PythonTest implements ExpTest {

  private final String name;

  private PythonTest(String name) {
    this.name = name;
  }

  /** All of them. */
  static List<PythonTest> all() {
    return List.of(new PythonTest("iterable"), new PythonTest("sequence"));
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

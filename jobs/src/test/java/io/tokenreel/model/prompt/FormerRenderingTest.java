package io.tokenreel.model.prompt;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormerRenderingTest {

  private static final String MESSAGES = "{% for m in messages %}";

  /** The texts are behind the loop's head. */
  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "{{ m.role }}{% endfor %},false",
        " {{- m.role }}{% endfor %},true",
        "{{ m.role -}} {% endfor %},false",
        "{{ m.role -}} a{% endfor %},true",
        " {#- c #}{% endfor %},false",
        "a\\n{#- c #}{% endfor %},true",
        "{{ m.role }} {# c #}a{% endfor %},true",
        "{% endfor %}{# c #}\\n,false",
        "{{- m.role -}}{% endfor %},false",
        "a {% endfor %},true",
        "{% if add_vision_id %}Video 1: {% endif %}{% endfor %},false",
        "a\\n  {% endfor %},false",
        "{% endfor %}{{ 'a' }}\\n,true",
        "{% endfor %}\\n,false",
        "{{ raise_exception('no') }} {% endfor %},false",
      })
  void differs_template_whereItsPromptDoes(String template, boolean expected) {
    assertEquals(
        expected, FormerRendering.differs(MESSAGES + template.replace("\\n", "\n"), Map.of()));
  }
}

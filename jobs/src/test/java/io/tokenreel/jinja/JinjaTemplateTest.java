package io.tokenreel.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JinjaTemplateTest {

  private static final long MOST = 1000;

  @Test
  void text_valueOfMarkup_isInsertedAsItIs() {
    assertEquals(
        "<b>&{{ x }}", JinjaTemplate.text("{{ x }}", MOST).render(Map.of("x", "<b>&{{ x }}")));
  }

  @Test
  void text_include_isRefused() {
    JinjaTemplate template = JinjaTemplate.text("{% include 'log4j2.properties' %}", MOST);
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> template.render(Map.of()))
            .getMessage()
            .contains("cannot be rendered"));
  }

  @Test
  void text_ofMoreCharactersThanAllowed_isRefused() {
    JinjaTemplate template = JinjaTemplate.text("{{ x }}{{ x }}", 5);
    assertThrows(IllegalArgumentException.class, () -> template.render(Map.of("x", "four")));
  }

  @Test
  void html_valueOfMarkup_isEscapedInIncludesToo() {
    assertEquals(
        "<p title=\"&lt;b&gt;&amp;&quot;&#39;{{ x }}\"><i>&lt;b&gt;&amp;&quot;&#39;{{ x }}</i></p>\n",
        JinjaTemplate.html(JinjaTemplateTest.class, "outer.html")
            .render(Map.of("x", "<b>&\"'{{ x }}")));
  }

  @Test
  void render_nameWithoutValue_isAnErrorButInAChatTemplate() {
    assertEquals(
        "off",
        JinjaTemplate.chat("{{ nothing }}{% if nothing %}on{% else %}off{% endif %}", MOST)
            .render(Map.of()));
    JinjaTemplate template = JinjaTemplate.text("{{ nothing }}", MOST);
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> template.render(Map.of()))
            .getMessage()
            .contains("nothing"));
  }

  /** Jinjava renders each of these otherwise than Jinja, or calls a method of Java's. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for m in [1, 2] if m > 1 %}{{ m }}{% endfor %}",
        "{% for m in [] %}a{% else %}b{% endfor %}",
        "{{ 'a {}'.format('b') }}",
        "{{ 'a'.length() }}",
        "{{ 'a b'.split(maxsplit=1) }}",
        "{{ 'a b'.split('') }}",
        "{{ ','.join(1) }}"
      })
  void render_whatIsNotAsInJinja_isRefused(String template) {
    assertThrows(
        IllegalArgumentException.class, () -> JinjaTemplate.chat(template, MOST).render(Map.of()));
  }

  @Test
  void render_loopsWhoseSourceOrBodyHasAnIf_isTaken() {
    assertEquals(
        "1b2",
        JinjaTemplate.chat(
                "{% for m in ([1, 2] if true else []) %}{{ m }}{% if m == 1 %}{% if false %}a{% else %}b{% endif %}{% endif %}{% endfor %}",
                MOST)
            .render(Map.of()));
  }

  @Test
  void html_resourceThatIsNotThere_isNamed() {
    assertTrue(
        assertThrows(
                IllegalStateException.class,
                () -> JinjaTemplate.html(JinjaTemplateTest.class, "no.html"))
            .getMessage()
            .contains("no.html"));
  }
}

package io.tokenreel.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Templates beside what Jinja gives, as checks/upstream/templates.py writes it. */
class UpstreamTemplatesTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long MOST = 1 << 20;

  @Test
  void chat_templateOfAnyForm_rendersAsJinjaDoes() throws IOException {
    List<String> wrong = new ArrayList<>();
    int cases = 0;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                getClass().getResourceAsStream("upstream.jsonl"), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode expected = JSON.readTree(line);
        String template = expected.get("template").asText();
        @SuppressWarnings("unchecked")
        Map<String, ?> values = JSON.convertValue(expected.get("values"), Map.class);
        String rendered = rendered(template, values);
        if (!rendered.equals(expected.get("output").asText())) {
          wrong.add(
              "%s%n  expected %s%n  got      %s"
                  .formatted(
                      JSON.writeValueAsString(template),
                      expected.get("output"),
                      JSON.writeValueAsString(rendered)));
        }
        cases++;
      }
    }
    if (!wrong.isEmpty()) {
      fail(wrong.size() + " differ:\n" + String.join("\n", wrong));
    }
    assertEquals(446, cases);
  }

  private static String rendered(String template, Map<String, ?> values) {
    try {
      return JinjaTemplate.chat(template, MOST).render(values);
    } catch (IllegalArgumentException e) {
      return "refused: " + e.getMessage();
    }
  }
}

package io.tokenreel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** That the page opens anywhere, and for everyone. */
class ReportAccessTest {

  private static Document page;

  @BeforeAll
  static void write() throws IOException {
    page = WrittenReport.of(SampleReport.contents());
  }

  private static List<String> all(String query) {
    return page.select(query).stream().map(Element::outerHtml).toList();
  }

  @Test
  void page_opensWithoutANetworkAndRunsNoOtherScript() {
    assertEquals(List.of(), all("script[src], link:not([href=data:,]), iframe, object, base"));
    String script = page.select("script").get(0).data();
    assertEquals(1, page.select("script").size());
    String digest =
        Base64.getEncoder()
            .encodeToString(DigestUtils.sha256(script.getBytes(StandardCharsets.UTF_8)));
    String policy = page.selectFirst("meta[http-equiv]").attr("content");
    assertTrue(policy.endsWith("script-src 'sha256-" + digest + "'"), policy);
    assertFalse(script.matches("(?s).*(fetch|import|innerHTML|eval|XMLHttp).*"));
    for (Element element : page.getAllElements()) {
      for (Attribute attribute : element.attributes()) {
        String value = attribute.getValue();
        boolean local = value.startsWith("#") || value.startsWith("data:");
        if (Set.of("href", "src", "srcset", "action", "xlink:href").contains(attribute.getKey())) {
          assertTrue(local, () -> element.tagName() + " has " + attribute);
        }
        assertFalse(value.contains("://"), () -> element.tagName() + " has " + attribute);
        assertFalse(attribute.getKey().startsWith("on"), () -> element.tagName() + attribute);
      }
    }
    assertFalse(page.select("style").text().matches("(?s).*(url\\(|@import).*"));
  }

  @Test
  void ids_areDistinctAndAllThatIsReferredToIsThere() {
    List<String> ids = page.select("[id]").eachAttr("id");
    Set<String> known = new HashSet<>(ids);
    assertEquals(ids.size(), known.size());
    for (String id : page.select("[aria-labelledby]").eachAttr("aria-labelledby")) {
      assertTrue(known.contains(id), id);
    }
    for (String target : page.select("a[href^=#]").eachAttr("href")) {
      assertTrue(known.contains(target.substring(1)), target);
    }
    for (String clip : page.select("[clip-path]").eachAttr("clip-path")) {
      assertTrue(known.contains(clip.replaceAll("url\\(#(.*)\\)", "$1")), clip);
    }
  }

  @Test
  void figures_haveATextInTheirPlace() {
    // Accuracy and three costs; of the benchmark that is not scored, three costs; two of budgets.
    assertEquals(4 + 3 + 2, page.select("figure.figure > svg").size());
    for (Element svg : page.select("figure.figure > svg")) {
      assertEquals("img", svg.attr("role"));
      assertTrue(svg.attr("aria-label").contains("table"), svg.attr("aria-label"));
      assertTrue(svg.parent().select("figcaption").hasText());
      assertFalse(svg.outerHtml().contains("rgb("), "a colour that dark pages do not change");
    }
    assertEquals(List.of(), all("svg:not([role=img]):not([aria-hidden=true])"));
    assertEquals(List.of(), all("img:not([alt])"));
  }

  @Test
  void headingsAndTables_areReadInOrder() {
    assertEquals("en", page.selectFirst("html").attr("lang"));
    int level = 0;
    for (Element heading : page.select("h1, h2, h3, h4")) {
      int next = heading.tagName().charAt(1) - '0';
      assertTrue(next <= level + 1, () -> "a level is left out before " + heading);
      level = next;
    }
    assertEquals(page.select("table").size(), page.select("table > caption").size());
    assertEquals(List.of(), all("th:not([scope])"));
  }

  @Test
  void controls_areReachedByKeyboard() {
    assertEquals(List.of(), all("table:not(.scroll > table)"));
    assertEquals(List.of(), all(".scroll:not([role=region][tabindex=0][aria-labelledby])"));
    assertEquals(List.of(), all("[tabindex]:not([tabindex=0]), [accesskey], [autofocus]"));
    assertEquals(List.of(), all("a:not([href]), details > :first-child:not(summary)"));
    assertEquals(List.of(), all("input:not([type=radio]), input:not(label > input)"));
    assertEquals("Skip to the results", page.select("a, input, summary, [tabindex]").get(0).text());
    for (Element picks : page.select("fieldset")) {
      assertEquals(1, Set.copyOf(picks.select("input").eachAttr("name")).size());
      assertEquals(1, picks.select("input[checked]").size());
      assertTrue(picks.select("label").eachText().stream().noneMatch(String::isBlank));
    }
  }

  @Test
  void choices_haveARuleThatShowsWhatTheyKeep() {
    String rules = page.select("style").html();
    for (String choice : Set.copyOf(page.select("input[type=radio]").eachAttr("class"))) {
      assertTrue(rules.contains("." + choice + ":checked) .of-" + choice + " {"), choice);
    }
  }
}

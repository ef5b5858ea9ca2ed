package io.tokenreel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The stylesheet against WCAG 2.2: contrast of text (1.4.3) and of what is drawn (1.4.11). */
class ReportColoursTest {

  private static final double OF_TEXT = 4.5;
  private static final double OF_GRAPHICS = 3;
  private static final Pattern THEME = Pattern.compile(":root \\{([^}]*)}");
  private static final Pattern COLOUR = Pattern.compile("--([a-z0-9-]+): #([0-9a-f]{3,6});");

  private static String css;

  @BeforeAll
  static void read() throws IOException {
    try (InputStream in = Report.class.getResourceAsStream("report.css")) {
      css = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Light, then dark. */
  private static List<Map<String, Integer>> themes() {
    return THEME.matcher(css).results().map(theme -> colours(theme.group(1))).toList();
  }

  private static Map<String, Integer> colours(String rule) {
    Map<String, Integer> colours = new HashMap<>();
    Matcher colour = COLOUR.matcher(rule);
    while (colour.find()) {
      String hex = colour.group(2);
      String six = hex.length() == 3 ? hex.replaceAll("(.)", "$1$1") : hex;
      colours.put(colour.group(1), Integer.parseInt(six, 16));
    }
    return colours;
  }

  @Test
  void themes_haveTheSameColours() {
    assertEquals(2, themes().size());
    assertEquals(themes().get(0).keySet(), themes().get(1).keySet());
  }

  @Test
  void text_onEachGround_isReadable() {
    for (Map<String, Integer> theme : themes()) {
      for (String ground : List.of("paper", "band", "picked")) {
        for (String text : List.of("ink", "quiet", "good", "bad", "warn")) {
          requireContrast(theme, text, ground, OF_TEXT);
        }
      }
      requireContrast(theme, "accent", "paper", OF_TEXT);
    }
  }

  @Test
  void lines_onPaper_areSeen() {
    for (Map<String, Integer> theme : themes()) {
      for (int colour = 0; colour < Style.COLOURS; colour++) {
        requireContrast(theme, "colour-" + colour, "paper", OF_GRAPHICS);
      }
    }
  }

  @Test
  void focus_isShownAndNothingMoves() {
    assertTrue(css.contains(":focus-visible { outline: 3px solid var(--accent);"));
    assertFalse(css.matches("(?s).*outline: *(none|0).*"));
    assertFalse(css.matches("(?s).*(transition|animation|scroll-behavior).*"));
  }

  private static void requireContrast(
      Map<String, Integer> theme, String front, String ground, double least) {
    double a = luminance(theme.get(front));
    double b = luminance(theme.get(ground));
    double contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    assertTrue(contrast >= least, () -> "%s on %s: %.2f".formatted(front, ground, contrast));
  }

  /** Relative luminance, 0 .. 1. */
  private static double luminance(int rgb) {
    return 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8) + 0.0722 * linear(rgb);
  }

  private static double linear(int channel) {
    double value = (channel & 0xff) / 255.0;
    return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
  }
}

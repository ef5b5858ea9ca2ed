package io.tokenreel.report;

import java.util.List;

/**
 * A figure of the page.
 *
 * @param svg empty where Java has no font to draw with
 */
record Figure(String caption, String svg) {

  /** Stands for a figure of nothing. */
  static final Figure NONE = new Figure("", "");

  /**
   * A line's name beside its mark.
   *
   * @param classes the stylesheet's, of its colour
   */
  record Key(String classes, String symbol, String name) {

    /** Stands for no line. */
    static final Key NONE = new Key("", "", "");

    static Key of(Style style, String name) {
      return new Key(style.classes(), style.symbol(), name);
    }
  }

  static Figure of(String id, String caption, Chart chart) {
    return new Figure(caption, chart.svg(id));
  }

  /** Those with something to show. */
  static List<Figure> drawn(List<Figure> figures) {
    return figures.stream().filter(figure -> !figure.svg.isEmpty()).toList();
  }
}

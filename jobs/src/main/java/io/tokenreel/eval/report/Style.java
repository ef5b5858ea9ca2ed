package io.tokenreel.eval.report;

import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * How the n-th line of a figure looks. Colours are the stylesheet's, light and dark; a marker tells
 * lines apart where colour does not. Their numbers have no common divisor, so 56 lines differ.
 *
 * @param number 0 ..
 */
record Style(int number) {

  /** Colours that the stylesheet has: {@code --colour-0} and on. */
  static final int COLOURS = 8;

  private static final Shape[] SHAPES = {
    new Shape(SeriesMarkers.CIRCLE, "●"),
    new Shape(SeriesMarkers.SQUARE, "■"),
    new Shape(SeriesMarkers.TRIANGLE_UP, "▲"),
    new Shape(SeriesMarkers.DIAMOND, "◆"),
    new Shape(SeriesMarkers.TRIANGLE_DOWN, "▼"),
    new Shape(SeriesMarkers.PLUS, "+"),
    new Shape(SeriesMarkers.CROSS, "×")
  };

  private record Shape(Marker marker, String symbol) {}

  int colour() {
    return number % COLOURS;
  }

  Marker marker() {
    return SHAPES[number % SHAPES.length].marker;
  }

  /** The marker in text. */
  String symbol() {
    return SHAPES[number % SHAPES.length].symbol;
  }
}

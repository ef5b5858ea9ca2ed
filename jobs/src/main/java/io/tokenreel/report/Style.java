package io.tokenreel.report;

import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * How a line of a figure looks. Colours are the stylesheet's, light and dark; a marker tells lines
 * apart where colour does not, and a variant of a line is dashed and its marker hollow.
 *
 * @param colour the stylesheet's {@code --colour-N}, 0 .. 7
 * @param shape of the marker, 0 .. 4
 * @param variant 0 for a full line and filled markers, then 1 .. 3
 */
record Style(int colour, int shape, int variant) {

  /** Colours that the stylesheet has. */
  static final int COLOURS = 8;

  private static final int DASHES = 3;

  private static final Shape[] SHAPES = {
    new Shape(SeriesMarkers.CIRCLE, "●", "○"),
    new Shape(SeriesMarkers.SQUARE, "■", "□"),
    new Shape(SeriesMarkers.TRIANGLE_UP, "▲", "△"),
    new Shape(SeriesMarkers.DIAMOND, "◆", "◇"),
    new Shape(SeriesMarkers.TRIANGLE_DOWN, "▼", "▽")
  };

  private record Shape(Marker marker, String filled, String hollow) {}

  /** Of the n-th method: 40 of them differ, for the numbers have no common divisor. */
  static Style ofMethod(int method, int variant) {
    return new Style(method % COLOURS, method % SHAPES.length, dash(variant));
  }

  /** Of the n-th setting of a method: it has the method's colour. */
  static Style ofSetting(int method, int setting) {
    return new Style(method % COLOURS, setting % SHAPES.length, dash(setting / SHAPES.length));
  }

  private static int dash(int variant) {
    return variant == 0 ? 0 : 1 + (variant - 1) % DASHES;
  }

  Marker marker() {
    return SHAPES[shape].marker;
  }

  /** The marker in text. */
  String symbol() {
    return variant == 0 ? SHAPES[shape].filled : SHAPES[shape].hollow;
  }

  /** The stylesheet's classes. */
  String classes() {
    return variant == 0 ? "colour-" + colour : "colour-" + colour + " variant-" + variant;
  }
}

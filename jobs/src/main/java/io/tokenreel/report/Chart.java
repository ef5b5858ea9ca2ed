package io.tokenreel.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.DoubleStream;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Lines over two axes, drawn by XChart. What is drawn in has a colour that only names it: {@link
 * ChartSvg} puts the stylesheet's colours in their place.
 *
 * @param description for those who do not see it
 * @param reference a thin line runs across at this y; NaN for none, and then x may end with the
 *     data
 */
record Chart(String description, Axis x, Axis y, double reference, List<Series> series) {

  static final Color INK = new Color(1, 0, 0);
  static final Color GRID = new Color(2, 0, 0);
  static final Color QUIET = new Color(5, 0, 0);
  static final Color NOTHING = new Color(3, 0, 0, 0);

  private static final int WIDTH = 420;
  private static final int HEIGHT = 290;
  private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 14);
  private static final BasicStroke THIN = new BasicStroke(1);
  private static final BasicStroke THICK = new BasicStroke(2);

  /** Whether Java finds a font to write axes in. */
  static boolean canDraw() {
    try {
      FONT.getStringBounds("0", new FontRenderContext(null, true, true));
      return true;
    } catch (LinkageError | InternalError e) { // how Java says that there are none
      return false;
    }
  }

  /** The colour that stands for the n-th line. */
  private static Color colour(int line) {
    return new Color(ChartLines.RED, line & 0xff, line >> 8);
  }

  /** An {@code <svg>} element to stand within HTML; empty where there is nothing to draw with. */
  String svg(String id) {
    if (!canDraw()) {
      return "";
    }
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .xAxisTitle(x.title())
            .yAxisTitle(y.title())
            .build();
    style(chart.getStyler());
    if (Double.isFinite(reference)) {
      plain(
          chart,
          "reference",
          new double[] {x.least(), x.most()},
          new double[] {reference, reference},
          QUIET);
    }
    for (int line = 0; line < series.size(); line++) {
      if (!series.get(line).points().isEmpty()) {
        draw(chart, series.get(line), line);
      }
    }
    ByteArrayOutputStream svg = new ByteArrayOutputStream();
    try {
      ChartEncoder.saveChart(chart, svg, "svg");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot draw " + description, e);
    }
    return ChartSvg.inline(
        svg.toByteArray(), id, description, series.stream().map(Series::style).toList());
  }

  private void style(XYStyler styler) {
    styler.setLegendVisible(false);
    styler.setChartTitleVisible(false);
    styler.setChartBackgroundColor(NOTHING);
    styler.setPlotBackgroundColor(NOTHING);
    styler.setPlotBorderVisible(false);
    styler.setChartPadding(4);
    styler.setChartFontColor(INK);
    styler.setAxisTitleFont(FONT);
    styler.setAxisTickLabelsFont(FONT);
    styler.setAxisTickLabelsColor(INK);
    styler.setAxisTickMarksColor(GRID);
    styler.setPlotGridLinesColor(GRID);
    styler.setPlotGridLinesStroke(new BasicStroke(1)); // a dashed one becomes an outline per dash
    styler.setMarkerSize(7);
    styler.setXAxisMin(x.lowest()).setXAxisMax(x.highest());
    Axis covering = y.covering(heights());
    styler.setYAxisMin(covering.lowest()).setYAxisMax(covering.highest());
  }

  private DoubleSummaryStatistics heights() {
    return DoubleStream.concat(
            DoubleStream.of(reference), series.stream().flatMapToDouble(Series::heights))
        .filter(Double::isFinite)
        .summaryStatistics();
  }

  private static void draw(XYChart chart, Series series, int number) {
    Color colour = colour(number);
    String name = Integer.toString(number);
    XYSeries line = chart.addSeries(name, series.x(), series.y());
    line.setLineColor(colour).setLineStyle(THICK);
    line.setMarkerColor(colour).setMarker(series.style().marker());
    for (int i = 0; i < series.points().size(); i++) {
      Series.Point point = series.points().get(i);
      if (point.hasInterval()) {
        plain(
            chart,
            name + " interval " + i,
            new double[] {point.x(), point.x()},
            new double[] {point.low(), point.high()},
            colour);
      }
    }
  }

  private static void plain(XYChart chart, String name, double[] x, double[] y, Color colour) {
    XYSeries line = chart.addSeries(name, x, y);
    line.setLineColor(colour).setLineStyle(THIN);
    line.setMarker(SeriesMarkers.NONE);
  }
}

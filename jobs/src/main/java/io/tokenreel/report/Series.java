package io.tokenreel.report;

import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * A line of a figure.
 *
 * @param points ascending in x; those without x or y are left out
 */
record Series(Style style, List<Point> points) {

  Series {
    points =
        points.stream()
            .filter(point -> Double.isFinite(point.x) && Double.isFinite(point.y))
            .sorted(Comparator.comparingDouble(Point::x))
            .toList();
  }

  /**
   * A point with its interval.
   *
   * @param low NaN where there is no interval
   * @param high as {@code low}
   */
  record Point(double x, double y, double low, double high) {

    static Point of(double x, double y) {
      return new Point(x, y, Double.NaN, Double.NaN);
    }

    boolean hasInterval() {
      return Double.isFinite(low) && Double.isFinite(high);
    }
  }

  /** All that the y axis has to hold. */
  DoubleStream heights() {
    return points.stream()
        .flatMapToDouble(point -> DoubleStream.of(point.y, point.low, point.high));
  }

  double[] x() {
    return points.stream().mapToDouble(Point::x).toArray();
  }

  double[] y() {
    return points.stream().mapToDouble(Point::y).toArray();
  }
}

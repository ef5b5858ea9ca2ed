package io.tokenreel.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * Gathers what XChart draws of each line of a figure into one {@code <g>} that the stylesheet
 * colours. The segments between points become one path, along which dashes run on.
 */
final class ChartLines {

  /** Red of the colours that stand for lines; green and blue are the line's number. */
  static final int RED = 4;

  private static final Pattern LINE = Pattern.compile("rgb\\(" + RED + ",(\\d+),(\\d+)\\)");
  private static final String SEGMENT = "stroke-width:2;"; // an interval's is thinner

  private final Document document;
  private final List<Style> styles;
  private final Map<Integer, Group> groups = new LinkedHashMap<>();

  private record Group(Element element, Element path, StringBuilder segments) {}

  ChartLines(Document document, List<Style> styles) {
    this.document = document;
    this.styles = styles;
  }

  /** Takes those that are part of a line; they are in the order in which they are drawn. */
  void gather(List<Element> elements) {
    for (Element element : elements) {
      String style = element.getAttribute("style");
      Matcher line = LINE.matcher(style);
      if (line.find()) {
        int number = Integer.parseInt(line.group(1)) + (Integer.parseInt(line.group(2)) << 8);
        Group group = groups.computeIfAbsent(number, added -> groupBefore(element, added));
        take(element, style, group);
      }
    }
    groups.values().forEach(ChartLines::finish);
  }

  private Group groupBefore(Element first, int number) {
    Element group = document.createElement("g");
    group.setAttribute("class", "line-%d %s".formatted(number, styles.get(number).classes()));
    first.getParentNode().insertBefore(group, first);
    return new Group(group, document.createElement("path"), new StringBuilder());
  }

  private static void take(Element element, String style, Group group) {
    element.removeAttribute("style");
    if (style.contains(SEGMENT)) {
      element.getParentNode().removeChild(element);
      String from = point(element, "1");
      String move = " L" + from;
      // A segment goes on from where the last one ended.
      if (!group.segments.toString().endsWith(move)) {
        group.segments.append(" M").append(from);
      }
      group.segments.append(" L").append(point(element, "2"));
    } else {
      element.setAttribute("class", style.contains("fill:none") ? "interval" : "marker");
      group.element.appendChild(element);
    }
  }

  private static String point(Element line, String end) {
    return "%s %s"
        .formatted(
            ChartSvg.shorter(line.getAttribute("x" + end)),
            ChartSvg.shorter(line.getAttribute("y" + end)));
  }

  private static void finish(Group group) {
    if (!group.segments.isEmpty()) {
      group.path.setAttribute("class", "line");
      group.path.setAttribute("d", group.segments.substring(1));
      group.element.insertBefore(group.path, group.element.getFirstChild());
    }
  }
}

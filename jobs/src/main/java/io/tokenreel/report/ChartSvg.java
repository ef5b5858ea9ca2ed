package io.tokenreel.report;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** Makes XChart's SVG file an element of an HTML page. */
final class ChartSvg {

  private static final String LOAD_DTD =
      "http://apache.org/xml/features/nonvalidating/load-external-dtd";
  private static final List<String> OF_A_FILE =
      List.of("xmlns", "xmlns:xlink", "version", "width", "height", "x", "y");
  private static final Pattern COLOUR = Pattern.compile("rgb\\((\\d+),(\\d+),(\\d+)\\)");
  private static final Pattern DECIMALS = Pattern.compile("-?\\d+\\.\\d+");

  private ChartSvg() {}

  /**
   * The element, with the stylesheet's colours and the figure's own ids.
   *
   * @param id starts every id in it
   * @param description read out in its place
   * @param lines how its lines look
   */
  static String inline(byte[] file, String id, String description, List<Style> lines) {
    try {
      Document document = parse(file);
      Element root = document.getDocumentElement();
      OF_A_FILE.forEach(root::removeAttribute);
      new ChartLines(document, lines).gather(elements(root));
      elements(root).forEach(element -> rewrite(element, id));
      root.setAttribute("role", "img");
      root.setAttribute("aria-label", description);
      return print(root);
    } catch (ParserConfigurationException | SAXException | IOException | TransformerException e) {
      throw new IllegalStateException("XChart's SVG is not XML", e);
    }
  }

  private static Document parse(byte[] file)
      throws ParserConfigurationException, SAXException, IOException {
    // The JDK's own: another may be on Spark's class path.
    DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    factory.setFeature(LOAD_DTD, false);
    return factory.newDocumentBuilder().parse(new ByteArrayInputStream(file));
  }

  private static List<Element> elements(Element root) {
    NodeList all = root.getElementsByTagName("*");
    return IntStream.range(0, all.getLength()).mapToObj(i -> (Element) all.item(i)).toList();
  }

  private static void rewrite(Element element, String id) {
    String style = element.getAttribute("style");
    if (style.contains("fill-opacity:0;")) {
      element.getParentNode().removeChild(element);
      return;
    }
    NamedNodeMap attributes = element.getAttributes();
    for (int i = 0; i < attributes.getLength(); i++) {
      Node attribute = attributes.item(i);
      attribute.setNodeValue(
          switch (attribute.getNodeName()) {
            case "style" -> COLOUR.matcher(style).replaceAll(ChartSvg::variable);
            case "id", "clip-path" ->
                attribute.getNodeValue().replaceFirst("clip-?\\d+", id + "-clip");
            default -> shorter(attribute.getNodeValue());
          });
    }
  }

  private static String variable(MatchResult rgb) {
    return switch (rgb.group(1)) {
      case "1" -> "var(--ink)";
      case "2" -> "var(--rule)";
      case "5" -> "var(--quiet)";
      default ->
          throw new IllegalStateException("a colour that stands for nothing: " + rgb.group());
    };
  }

  /** Numbers to a tenth of a pixel, which is more than a screen shows. */
  static String shorter(String text) {
    return DECIMALS.matcher(text).replaceAll(ChartSvg::rounded);
  }

  private static String rounded(MatchResult number) {
    String rounded = String.format(Locale.ROOT, "%.1f", Double.parseDouble(number.group()));
    return rounded.endsWith(".0") ? rounded.substring(0, rounded.length() - 2) : rounded;
  }

  private static String print(Element root) throws TransformerException {
    Transformer transformer = TransformerFactory.newDefaultInstance().newTransformer();
    transformer.setOutputProperty(OutputKeys.METHOD, "xml");
    transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
    StringWriter text = new StringWriter();
    transformer.transform(new DOMSource(root), new StreamResult(text));
    return text.toString().replaceAll(">\\s+<", "><");
  }
}

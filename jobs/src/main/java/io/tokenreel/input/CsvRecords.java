package io.tokenreel.input;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.univocity.parsers.common.TextParsingException;
import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import com.univocity.parsers.csv.UnescapedQuoteHandling;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.apache.commons.io.input.SequenceReader;

/**
 * Separated values as RFC 4180 has them: a header, quoted values that may hold line breaks, as many
 * values in each row as the header has names. Spaces around a value do not belong to it unless it
 * is quoted; nothing is {@code null}, {@code ""} is an empty text.
 *
 * <p>A text that breaks these rules is refused rather than guessed at: a quote in the wrong place
 * would make a file name of a caption.
 */
final class CsvRecords implements TextRecords {

  private static final int LONGEST_HEADER = 1 << 20;
  private static final int MOST_COLUMNS = 16_384;
  private static final JsonFactory JSON = new JsonFactory();

  private final CsvParser parser;

  /** Follows the text. If it is not read as a row of its own, a quote was never closed. */
  private final String end = UUID.randomUUID().toString();

  private List<String> header;
  private long line;

  /**
   * @param text the file
   * @param delimiters to choose from: the first under which the header has all names that are
   *     required, or else the first of all
   * @param required names of columns
   */
  CsvRecords(Reader text, List<Character> delimiters, List<String> required) throws IOException {
    BufferedReader buffered = new BufferedReader(text);
    buffered.mark(LONGEST_HEADER);
    String first = buffered.readLine();
    buffered.reset();
    this.parser = parser(first == null ? delimiters.get(0) : choose(first, delimiters, required));
    parser.beginParsing(new SequenceReader(buffered, new StringReader("\n" + end)));
  }

  private static char choose(String header, List<Character> delimiters, List<String> required)
      throws MalformedRecordException {
    for (char delimiter : delimiters) {
      String[] names = parser(delimiter).parseLine(header);
      if (names != null
          && required.stream()
              .allMatch(
                  name ->
                      Arrays.stream(names)
                          .anyMatch(found -> found != null && name.equalsIgnoreCase(found)))) {
        return delimiter;
      }
    }
    return delimiters.get(0);
  }

  private static CsvParser parser(char delimiter) {
    CsvParserSettings settings = new CsvParserSettings();
    settings.getFormat().setDelimiter(delimiter);
    settings.getFormat().setQuoteEscape('"');
    // A carriage return before it is white space after a value.
    settings.getFormat().setLineSeparator("\n");
    settings.setNormalizeLineEndingsWithinQuotes(false);
    settings.setCommentProcessingEnabled(false);
    settings.setUnescapedQuoteHandling(UnescapedQuoteHandling.RAISE_ERROR);
    settings.setEmptyValue("");
    settings.setMaxCharsPerColumn(-1);
    settings.setMaxColumns(MOST_COLUMNS);
    settings.setReadInputOnSeparateThread(false);
    return new CsvParser(settings);
  }

  @Override
  public TextRecord next() throws IOException {
    String[] values = parse();
    if (values == null || (values.length == 1 && end.equals(values[0]))) {
      parser.stopParsing();
      return null;
    }
    if (values[values.length - 1] != null && values[values.length - 1].contains(end)) {
      throw new MalformedRecordException(
          "a quote that opens after line %d is never closed".formatted(line));
    }
    line = parser.getContext().currentLine();
    if (header == null) {
      header = header(values);
      return TextRecord.header(header.stream().filter(name -> name != null).toList());
    }
    return TextRecord.of(json(values));
  }

  private String[] parse() throws IOException {
    try {
      return parser.parseNext();
    } catch (TextParsingException e) {
      if (e.getMessage().contains("nescaped quote")) {
        throw new MalformedRecordException(
            "after line %d, a quoted value has text behind its closing quote, or a quote that is not doubled"
                .formatted(line),
            e);
      }
      throw new MalformedRecordException("it cannot be parsed after line " + line, e);
    }
  }

  private static List<String> header(String[] values) throws MalformedRecordException {
    List<String> names = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String value : values) {
      String name = value == null || value.isBlank() ? null : value.strip();
      if (name != null && name.indexOf('\r') >= 0) {
        throw new MalformedRecordException(
            "its lines end in carriage returns alone; make them line feeds");
      }
      if (name != null && !seen.add(name.toLowerCase(Locale.ROOT))) {
        throw new MalformedRecordException("its header names the column %s twice".formatted(name));
      }
      names.add(name);
    }
    return names;
  }

  private String json(String[] values) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.writeStartObject();
      for (int i = 0; i < Math.max(values.length, header.size()); i++) {
        String value = i < values.length ? values[i] : null;
        if (i >= header.size() ? value != null : i >= values.length) {
          throw new MalformedRecordException(
              "the row that ends at line %d has %d values, the header %d names"
                  .formatted(line, values.length, header.size()));
        }
        String name = i < header.size() ? header.get(i) : null;
        if (name == null && value != null) {
          throw new MalformedRecordException(
              "the row that ends at line %d has a value in column %d, which has no name"
                  .formatted(line, i + 1));
        }
        if (name != null) {
          out.writeStringField(name, value);
        }
      }
      out.writeEndObject();
    }
    return text.toString();
  }
}

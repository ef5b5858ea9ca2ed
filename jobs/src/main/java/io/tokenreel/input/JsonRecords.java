package io.tokenreel.input;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;

/**
 * JSON objects one after another, with line breaks between them or within, or in arrays. Values of
 * known columns become texts as they are spelled, so that the ids 1, 1.0 and 1e0 are three.
 */
final class JsonRecords implements TextRecords {

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final JsonFactory COPY = new JsonFactory();

  private final JsonParser parser;
  private final KnownColumns columns;
  private boolean inArray;

  JsonRecords(Reader text, KnownColumns columns) throws IOException {
    this.parser = JSON.createParser(text);
    this.columns = columns;
  }

  @Override
  public TextRecord next() throws IOException {
    try {
      while (true) {
        JsonToken token = parser.nextToken();
        if (token == null) {
          return null;
        } else if (token == JsonToken.START_OBJECT) {
          return TextRecord.of(copy());
        } else if (token == JsonToken.START_ARRAY && !inArray) {
          inArray = true;
        } else if (token == JsonToken.END_ARRAY) {
          inArray = false;
        } else {
          throw new MalformedRecordException(
              "line %d: expected an object, found %s"
                  .formatted(parser.currentTokenLocation().getLineNr(), token));
        }
      }
    } catch (JsonProcessingException e) {
      throw new MalformedRecordException(
          "line %d: %s".formatted(e.getLocation().getLineNr(), e.getOriginalMessage()), e);
    }
  }

  private String copy() throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = COPY.createGenerator(text)) {
      int depth = 0;
      boolean known = false;
      JsonToken token = parser.currentToken();
      do {
        if (token == JsonToken.FIELD_NAME && depth == 1) {
          known = columns.known(parser.currentName()).isPresent();
        }
        copy(token, known && depth == 1, out);
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        token = depth == 0 ? null : parser.nextToken();
      } while (token != null);
    }
    return text.toString();
  }

  private void copy(JsonToken token, boolean asText, JsonGenerator out) throws IOException {
    if (asText && (token.isNumeric() || token.isBoolean())) {
      out.writeString(parser.getText());
    } else if (token.isNumeric()) {
      out.writeNumber(parser.getText());
    } else {
      out.copyCurrentEvent(parser);
    }
  }
}

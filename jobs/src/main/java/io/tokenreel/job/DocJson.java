package io.tokenreel.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;

/** A benchmark's annotation of one question, as the text of a column. */
final class DocJson {

  private static final TypeReference<Map<String, Object>> DOC = new TypeReference<>() {};
  private static final ObjectMapper JSON = new ObjectMapper();

  private DocJson() {}

  static String write(Map<String, Object> doc) {
    try {
      return JSON.writeValueAsString(doc);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("an annotation is no JSON: " + doc, e);
    }
  }

  static Map<String, Object> read(String doc) {
    try {
      return JSON.readValue(doc, DOC);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("expected an annotation as JSON; got " + doc, e);
    }
  }
}

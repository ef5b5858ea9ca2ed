package io.tokenreel.eval.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;

/** Maps, lists, texts and numbers, such as a question's annotation, on one line of JSON. */
public final class PlainJson {

  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};
  private static final ObjectMapper JSON = new ObjectMapper();

  private PlainJson() {}

  /**
   * @param value a map or a list of what JSON knows
   * @throws IllegalArgumentException if something else is in it
   */
  public static String write(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("expected what JSON can say; got " + value, e);
    }
  }

  /**
   * @throws IllegalArgumentException if the text is no object of JSON
   */
  public static Map<String, Object> read(String object) {
    try {
      return JSON.readValue(object, MAP);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("expected an object of JSON; got " + object, e);
    }
  }
}

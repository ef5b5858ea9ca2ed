package io.tokenreel.eval.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.KebabCaseStrategy;
import io.tokenreel.spec.UnknownWord;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The keys of a task's file, which are the components of {@link Task} and of the records in it, and
 * what each may hold.
 */
final class TaskKeys {

  /** What a file says by its name and by the place of a version. */
  private static final Set<String> IMPLIED = Set.of("name", "version");

  /** The key that the versions stand under. */
  static final String VERSIONS = "versions";

  private static final KebabCaseStrategy NAMES = new KebabCaseStrategy();

  private TaskKeys() {}

  /** Keys of a task without its versions, in their order, and their types. */
  static Map<String, Type> ofTask() {
    Map<String, Type> keys = of(Task.class);
    keys.keySet().removeAll(IMPLIED);
    return keys;
  }

  /** Keys of a record, in their order, and their types. */
  static Map<String, Type> of(Class<?> type) {
    Map<String, Type> keys = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      keys.put(NAMES.translate(component.getName()), component.getGenericType());
    }
    return keys;
  }

  /**
   * Checks what a task's file without its versions, or one of these, says.
   *
   * @param place of the keys in the file, with a period at its end; empty for the file's own
   * @throws IllegalArgumentException for a key that is not known, or a value of another kind
   */
  static void check(JsonNode tree, String place) {
    Map<String, Type> known = ofTask();
    if (place.isEmpty()) {
      known.put(VERSIONS, Map.class);
    }
    check(tree, place, known);
  }

  private static void check(JsonNode tree, String place, Map<String, Type> known) {
    for (Map.Entry<String, JsonNode> entry : tree.properties()) {
      String key = entry.getKey();
      Type type = known.get(key);
      if (type == null) {
        throw new IllegalArgumentException(
            "unknown key '%s%s'; %sknown: %s"
                .formatted(
                    place,
                    key,
                    UnknownWord.nearest(key, known.keySet())
                        .map("did you mean %s? "::formatted)
                        .orElse(""),
                    known.keySet()));
      }
      check(entry.getValue(), place + key, type);
    }
  }

  private static void check(JsonNode value, String key, Type type) {
    if (type instanceof ParameterizedType generic) {
      boolean list = generic.getRawType() == List.class;
      Type each = generic.getActualTypeArguments()[list ? 0 : 1];
      require(
          list ? value.isArray() : value.isObject(),
          key,
          list ? "a list" : "keys with values",
          value);
      if (each != Object.class) {
        int place = 0;
        for (JsonNode element : value) {
          check(element, list ? "%s[%d]".formatted(key, place++) : key + " of each", each);
        }
      }
      return;
    }
    Class<?> plain = (Class<?>) type;
    if (plain.isRecord()) {
      Map<String, Type> known = of(plain);
      require(value.isObject(), key, "keys of " + known.keySet(), value);
      check(value, key + ".", known);
    } else if (plain.isEnum()) {
      List<String> names =
          Arrays.stream(plain.getEnumConstants())
              .map(each -> each.toString().toLowerCase(Locale.ROOT))
              .toList();
      require(
          names.contains(value.asText().toLowerCase(Locale.ROOT)), key, "one of " + names, value);
    } else if (plain == boolean.class) {
      require(value.isBoolean(), key, "true or false", value);
    } else if (plain == int.class) {
      require(value.canConvertToInt() && value.isIntegralNumber(), key, "a whole number", value);
    } else if (plain == double.class) {
      require(value.isNumber(), key, "a number", value);
    } else {
      require(value.isValueNode() && !value.isNull(), key, "a text", value);
    }
  }

  private static void require(boolean holds, String key, String expected, JsonNode value) {
    if (!holds) {
      throw new IllegalArgumentException(
          "%s: expected %s; got %s".formatted(key, expected, value.isNull() ? "nothing" : value));
    }
  }
}

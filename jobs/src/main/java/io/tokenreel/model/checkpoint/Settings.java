package io.tokenreel.model.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tokenreel.spec.UnknownWord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Typed reading of a model's settings in JSON or YAML. A missing or null field takes the default
 * that the caller names; a field of another type or out of range is an error that names file and
 * field.
 */
public final class Settings {

  private static final ObjectMapper SORTED =
      new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

  private static final ObjectMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final String source;
  private final JsonNode node;

  private Settings(String source, JsonNode node) {
    this.source = source;
    this.node = node;
  }

  /**
   * Reads a JSON file of a checkpoint; what the user set for the model goes before what config.json
   * says.
   *
   * @throws IllegalArgumentException when it is missing or not a JSON object
   */
  public static Settings read(CheckpointFolder folder, String file) {
    ObjectNode node = tree(folder, file, new ObjectMapper(), "JSON");
    if (file.equals(CheckpointFolder.CONFIG)) {
      folder.options().forEach(node::put);
    }
    return new Settings(folder.uri() + "/" + file, node);
  }

  /**
   * Reads a YAML file of a model's folder.
   *
   * @param required keys that it must have
   * @param optional keys that it may have
   * @throws IllegalArgumentException when it is missing or not a YAML mapping, lacks a key, or has
   *     one that is not known
   */
  public static Settings readYaml(
      CheckpointFolder folder, String file, List<String> required, List<String> optional) {
    ObjectNode node = tree(folder, file, YAML, "YAML");
    List<String> known = Stream.concat(required.stream(), optional.stream()).toList();
    String source = folder.uri() + "/" + file;
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                throw new IllegalArgumentException(
                    source + ": " + UnknownWord.message("key", key, known));
              }
            });
    List<String> missing = required.stream().filter(key -> !node.hasNonNull(key)).toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "%s lacks %s; it must have %s and may have %s"
              .formatted(source, missing, required, optional));
    }
    return new Settings(source, node);
  }

  private static ObjectNode tree(
      CheckpointFolder folder, String file, ObjectMapper mapper, String language) {
    Path path = folder.local(file);
    try {
      if (mapper.readTree(Files.readAllBytes(path)) instanceof ObjectNode node) {
        return node;
      }
      throw new IllegalArgumentException(
          "%s of model '%s' does not map keys to values in %s"
              .formatted(file, folder.uri(), language));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s of model '%s' is not %s: %s"
              .formatted(file, folder.uri(), language, e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }

  /** Whether a field is there and not null. */
  public boolean has(String field) {
    return node.hasNonNull(field);
  }

  /** Whether a field is there and null, which may mean something else than a missing one. */
  public boolean isNull(String field) {
    return node.path(field).isNull();
  }

  /** Whether a field is a text. */
  public boolean isText(String field) {
    return node.path(field).isTextual();
  }

  /** The settings below a field; empty ones when it is missing. */
  public Settings section(String field) {
    return new Settings(source + "." + field, node.path(field));
  }

  /** The settings in a list; empty when there is none. */
  public List<Settings> elements(String field) {
    JsonNode value = node.path(field);
    return IntStream.range(0, value.isArray() ? value.size() : 0)
        .mapToObj(i -> new Settings("%s.%s[%d]".formatted(source, field, i), value.get(i)))
        .toList();
  }

  /** A whole number of at least a minimum. */
  public int integer(String field, int byDefault, int minimum) {
    JsonNode value = node.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return byDefault;
    }
    if (!value.canConvertToInt() || !value.isIntegralNumber() || value.intValue() < minimum) {
      throw wrong(field, "an integer of at least " + minimum, value);
    }
    return value.intValue();
  }

  /** A number above 0. */
  public double positive(String field, double byDefault) {
    JsonNode value = node.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return byDefault;
    }
    if (!value.isNumber() || !(value.doubleValue() > 0)) {
      throw wrong(field, "a number above 0", value);
    }
    return value.doubleValue();
  }

  /** A switch. */
  public boolean flag(String field, boolean byDefault) {
    JsonNode value = node.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return byDefault;
    }
    if (!value.isBoolean() && !List.of("true", "false").contains(value.asText())) {
      throw wrong(field, "true or false", value);
    }
    return value.asBoolean();
  }

  /** A fixed number of numbers. */
  public double[] numbers(String field, double... byDefault) {
    JsonNode value = node.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return byDefault;
    }
    double[] numbers = new double[byDefault.length];
    for (int i = 0; i < numbers.length; i++) {
      if (value.size() != numbers.length || !value.get(i).isNumber()) {
        throw wrong(field, numbers.length + " numbers", value);
      }
      numbers[i] = value.get(i).doubleValue();
    }
    return numbers;
  }

  /** A text, which must be there. */
  public String text(String field) {
    JsonNode value = node.path(field);
    if (!value.isTextual()) {
      throw wrong(field, "a text", value);
    }
    return value.textValue();
  }

  /**
   * A text of a form, which must be there.
   *
   * @param expected what texts of the form are, for the error
   */
  public Matcher text(String field, Pattern form, String expected) {
    JsonNode value = node.path(field);
    Matcher matcher = form.matcher(value.asText());
    if (!value.isTextual() || !matcher.matches()) {
      throw wrong(field, expected, value);
    }
    return matcher;
  }

  /** Whole numbers of at least 0: a list, or one alone; empty when they are missing. */
  public int[] integers(String field) {
    JsonNode value = node.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return new int[0];
    }
    int count = value.isArray() ? value.size() : 1;
    int[] integers = new int[count];
    for (int i = 0; i < count; i++) {
      JsonNode one = value.isArray() ? value.get(i) : value;
      if (!one.isIntegralNumber() || !one.canConvertToInt() || one.intValue() < 0) {
        throw wrong(field, "an integer of at least 0, or a list of such", value);
      }
      integers[i] = one.intValue();
    }
    return integers;
  }

  /** Words of a list; empty when it is missing. */
  public List<String> words(String field) {
    JsonNode value = node.path(field);
    String[] words = new String[value.size()];
    Arrays.setAll(words, i -> value.get(i).asText());
    return List.of(words);
  }

  /**
   * Requires a setting to be one of those that this project computes.
   *
   * @param byDefault what a missing field means
   */
  public void require(String field, String byDefault, String... supported) {
    choice(field, byDefault, supported);
  }

  /**
   * A setting that is one of a few.
   *
   * @param byDefault what a missing field means
   */
  public String choice(String field, String byDefault, String... supported) {
    JsonNode value = node.path(field);
    String found = value.isMissingNode() || value.isNull() ? byDefault : value.asText();
    if (!List.of(supported).contains(found)) {
      throw wrong(field, "one of " + Arrays.toString(supported), value);
    }
    return found;
  }

  /**
   * All fields as one text, whatever their order.
   *
   * @param rewriter changes a copy of them first
   */
  public String canonical(Consumer<ObjectNode> rewriter) {
    try {
      ObjectNode kept = ((ObjectNode) node).deepCopy();
      rewriter.accept(kept);
      return SORTED.writeValueAsString(SORTED.treeToValue(kept, Object.class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what was read as JSON is JSON", e);
    }
  }

  private IllegalArgumentException wrong(String field, String expected, JsonNode found) {
    return new IllegalArgumentException(
        "%s: %s must be %s; got %s".formatted(source, field, expected, found));
  }
}

package io.tokenreel.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.tokenreel.files.UserPath;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.spec.UnknownWord;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The file that {@code --config} names: every option of the command without its dashes is a key, in
 * YAML ({@code .yaml}, {@code .yml}) or properties form. A list in YAML, or a value with {@code ;}
 * in properties, gives an option several values. What the command line says itself wins over the
 * file.
 */
final class ConfigFile {

  private static final String OPTION = "--config";

  private ConfigFile() {}

  /**
   * A command line with what its file says.
   *
   * @param arguments those given, and those of the file after them
   * @param file as --config names it; null without one
   * @param options names of those that the file gave
   */
  record Expanded(String[] arguments, String file, Set<String> options) {}

  /**
   * The arguments with those of the file appended.
   *
   * @param command the subcommand's options, to check keys against
   * @throws SettingsException when the file cannot be read or names an unknown option
   */
  static Expanded expand(CommandSpec command, String[] arguments) {
    Path file = named(arguments);
    if (file == null) {
      return new Expanded(arguments, null, Set.of());
    }
    List<String> expanded = new ArrayList<>(List.of(arguments));
    Set<String> options = new TreeSet<>();
    read(file)
        .forEach(
            (key, values) -> {
              OptionSpec option = command.optionsMap().get("--" + key);
              if (option == null || OPTION.equals("--" + key)) {
                throw new SettingsException(
                    file + ": " + UnknownWord.message("setting", key, known(command)));
              }
              List<String> given = given(option, arguments);
              expanded.addAll(argumentsOf(file, option, key, notGiven(option, values, given)));
              if (given.isEmpty()) {
                options.add(option.longestName());
              }
            });
    return new Expanded(expanded.toArray(String[]::new), file.toString(), options);
  }

  private static Path named(String[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].startsWith(OPTION + "=")) {
        return UserPath.local(arguments[i].substring(OPTION.length() + 1));
      }
      if (arguments[i].equals(OPTION) && i + 1 < arguments.length) {
        return UserPath.local(arguments[i + 1]);
      }
    }
    return null;
  }

  /** The values of an option on the command line, of which the last may be missing. */
  private static List<String> given(OptionSpec option, String[] arguments) {
    List<String> given = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      int equals = arguments[i].indexOf('=');
      String name = equals < 0 ? arguments[i] : arguments[i].substring(0, equals);
      if (List.of(option.names()).contains(name)) {
        boolean apart = equals < 0 && i + 1 < arguments.length;
        given.add(apart ? arguments[i + 1] : arguments[i].substring(equals + 1));
      }
    }
    return given;
  }

  /** A file's values of an option: those of other keys of a map, else all or none. */
  private static List<String> notGiven(OptionSpec option, List<String> values, List<String> given) {
    if (!Map.class.isAssignableFrom(option.type())) {
      return given.isEmpty() ? values : List.of();
    }
    Set<String> keys = given.stream().map(ConfigFile::key).collect(Collectors.toSet());
    return values.stream().filter(value -> !keys.contains(key(value))).toList();
  }

  private static String key(String entry) {
    return entry.replaceFirst("=.*", "");
  }

  private static List<String> argumentsOf(
      Path file, OptionSpec option, String key, List<String> values) {
    List<String> arguments = new ArrayList<>();
    for (String value : values) {
      boolean flag = option.arity().max() == 0;
      if (flag && !value.equals("true") && !value.equals("false")) {
        throw new SettingsException(
            "%s: setting '%s' must be true or false; got '%s'".formatted(file, key, value));
      }
      if (!flag) {
        arguments.add("--" + key + "=" + (isNumber(option) ? value.replace("_", "") : value));
      } else if (value.equals("true")) {
        arguments.add("--" + key);
      }
    }
    return arguments;
  }

  /** Whether a value may have YAML's underscores between digits. */
  private static boolean isNumber(OptionSpec option) {
    Class<?> type = option.type();
    return Number.class.isAssignableFrom(type) || (type.isPrimitive() && type != boolean.class);
  }

  private static List<String> known(CommandSpec command) {
    return command.options().stream()
        .map(option -> option.longestName().substring(2))
        .filter(name -> !Set.of("config", "help", "version").contains(name))
        .sorted()
        .toList();
  }

  private static Map<String, List<String>> read(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    try (Reader reader = Files.newBufferedReader(file)) {
      if (name.endsWith(".properties")) {
        return properties(file, reader);
      }
      if (name.endsWith(".yaml") || name.endsWith(".yml")) {
        return yaml(file, reader);
      }
    } catch (JsonProcessingException e) {
      throw new SettingsException(
          "%s is not well-formed YAML: %s".formatted(file, e.getOriginalMessage()));
    } catch (NoSuchFileException e) {
      throw new SettingsException("--config %s does not exist".formatted(file));
    } catch (IOException e) {
      throw new SettingsException("the settings file %s cannot be read: %s".formatted(file, e));
    }
    throw new SettingsException("--config takes a .properties, .yaml or .yml file; got " + file);
  }

  private static Map<String, List<String>> properties(Path file, Reader reader) throws IOException {
    Map<String, List<String>> settings = new TreeMap<>();
    // Properties keep the last of several values without a word.
    new Properties() {
      private static final long serialVersionUID = 1;

      @Override
      public synchronized Object put(Object key, Object value) {
        if (settings.put((String) key, List.of(((String) value).split("\\s*;\\s*"))) != null) {
          throw new SettingsException(
              "%s: setting '%s' stands there twice; give several values of one with ; between them"
                  .formatted(file, key));
        }
        return null;
      }
    }.load(reader);
    return settings;
  }

  private static Map<String, List<String>> yaml(Path file, Reader reader) throws IOException {
    Map<String, List<String>> settings = new TreeMap<>();
    try (YAMLParser parser = new YAMLMapper().getFactory().createParser(reader)) {
      parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
      JsonToken first = parser.nextToken();
      if (first == null) {
        return settings; // nothing but comments
      }
      if (first != JsonToken.START_OBJECT) {
        throw new SettingsException(file + " must hold one mapping of settings to values");
      }
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        List<String> values = new ArrayList<>();
        if (parser.nextToken() != JsonToken.START_ARRAY) {
          values.add(scalar(file, key, parser));
        } else {
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            values.add(scalar(file, key, parser));
          }
        }
        settings.put(key, values);
      }
      if (parser.nextToken() != null) {
        throw new SettingsException(file + " must hold one mapping of settings to values");
      }
    }
    return settings;
  }

  /** A value as it is spelled there: an id or a folder may look like a number. */
  private static String scalar(Path file, String key, YAMLParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (!token.isScalarValue() || token == JsonToken.VALUE_NULL) {
      throw new SettingsException(
          "%s: setting '%s' must be a value or a list of values; got %s"
              .formatted(file, key, parser.<JsonNode>readValueAsTree()));
    }
    if (parser.isCurrentAlias()) {
      throw new SettingsException(
          "%s: setting '%s' is an alias, *%s, of which files of settings have none: write the value"
              .formatted(file, key, parser.getText()));
    }
    return token.isBoolean() ? String.valueOf(parser.getBooleanValue()) : parser.getText();
  }
}

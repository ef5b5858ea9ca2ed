package io.tokenreel.compress;

import io.tokenreel.spec.UnknownWord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The values of a method's settings, read from a spec and checked against what it declares. */
final class Settings {

  /** A key of versions before 0.2, when newline tokens were in the block, and its default. */
  private static final Map.Entry<String, String> GRID = Map.entry("grid", "plain");

  private final CompressionSpec spec;
  private final List<Setting<?>> declared;
  private final Map<Setting<?>, Object> values = new LinkedHashMap<>();

  private Settings(CompressionSpec spec, List<Setting<?>> declared) {
    this.spec = spec;
    this.declared = declared;
  }

  /**
   * @param declared a method's settings, in the order in which its canonical spec prints them
   * @throws IllegalArgumentException for an unknown key, a value that is not allowed, or a missing
   *     required key; the message lists what is allowed
   */
  static Settings of(CompressionSpec spec, List<Setting<?>> declared) {
    Settings settings = new Settings(spec, declared);
    settings.requireKnownKeys();
    for (Setting<?> setting : declared) {
      settings.values.put(setting, settings.read(setting));
    }
    return settings;
  }

  @SuppressWarnings("unchecked") // Values were put under the setting that made them.
  <T> T value(Setting<T> setting) {
    return (T) values.get(setting);
  }

  /** Every required setting, and every other one that is not at its default. */
  CompressionSpec canonical() {
    Map<String, String> printed = new LinkedHashMap<>();
    for (Setting<?> setting : declared) {
      print(setting, printed);
    }
    return new CompressionSpec(spec.name(), printed);
  }

  private <T> void print(Setting<T> setting, Map<String, String> printed) {
    T value = value(setting);
    if (setting.required() || !value.equals(setting.fallback())) {
      printed.put(setting.key(), setting.printer().apply(value));
    }
  }

  private <T> T read(Setting<T> setting) {
    String text = spec.settings().get(setting.key());
    if (text == null) {
      if (setting.required()) {
        throw new IllegalArgumentException(
            "compression '%s' lacks %s=; %s".formatted(spec, setting.key(), usage()));
      }
      return setting.fallback();
    }
    try {
      return setting.parser().apply(text);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "%s in compression '%s' must be %s; got '%s'"
              .formatted(setting.key(), spec, setting.allowed(), text),
          e);
    }
  }

  private void requireKnownKeys() {
    List<String> known = declared.stream().map(Setting::key).toList();
    for (Map.Entry<String, String> setting : spec.settings().entrySet()) {
      String key = setting.getKey();
      if (key.equals(GRID.getKey()) && !setting.equals(GRID)) {
        throw new IllegalArgumentException(
            "compression '%s' has %s, which is gone: the model now decides where its newline rows stand, and weaves them in after any method; leave it out"
                .formatted(spec, setting));
      }
      if (!known.contains(key) && !setting.equals(GRID)) {
        throw new IllegalArgumentException(
            "compression '%s' has the unknown key '%s'; %s%s"
                .formatted(
                    spec,
                    key,
                    UnknownWord.nearest(key, known).map("did you mean %s? "::formatted).orElse(""),
                    usage()));
      }
    }
  }

  private String usage() {
    return declared.isEmpty()
        ? spec.name() + " takes no settings"
        : spec.name()
            + " takes "
            + declared.stream().map(Setting::usage).collect(Collectors.joining(", "));
  }
}

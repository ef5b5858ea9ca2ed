package io.tokenreel.spec;

import java.util.List;

/**
 * A method that a spec can name, for those who choose one.
 *
 * @param name what stands before the colon
 * @param meaning what it does, in a sentence
 * @param settings its keys
 * @param needs names of the signals that it needs beside tokens with the defaults of its keys,
 *     sorted; none where tokens alone do, and of what is no compression
 */
public record MethodInfo(
    String name, String meaning, List<SettingInfo> settings, List<String> needs) {

  public MethodInfo {
    settings = List.copyOf(settings);
    needs = needs.stream().sorted().toList();
  }

  /**
   * A key of a spec.
   *
   * @param key as it is written
   * @param allowed what its value may be
   * @param byDefault the value where the spec has none; null for a key that must be given
   */
  public record SettingInfo(String key, String allowed, String byDefault) {}

  /** The form of a spec, such as {@code vidcom2:retention=R[,mode=release]}. */
  public String form() {
    StringBuilder form = new StringBuilder(name);
    String separator = ":";
    for (SettingInfo setting : settings) {
      String pair =
          setting.key() + "=" + (setting.byDefault() == null ? "..." : setting.byDefault());
      form.append(setting.byDefault() == null ? separator + pair : "[" + separator + pair + "]");
      separator = ",";
    }
    return form.toString();
  }
}

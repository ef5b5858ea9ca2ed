package io.tokenreel.report;

import io.tokenreel.eval.result.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a line of a figure goes through: a compression and a KV cache at any share of tokens.
 *
 * <p>The first number in a compression's spec is how much it keeps, since every method has one such
 * setting, a required one; another method is what differs in anything else.
 *
 * @param compression its spec without that number
 * @param kv the KV cache spec
 */
record Method(String compression, String kv) {

  private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)?(/\\d+)?");

  static Method of(Cell cell) {
    return new Method(atAnyShare(cell.compression()), cell.kv());
  }

  /** A compression's spec without the number that says how much it keeps. */
  static String atAnyShare(String spec) {
    int colon = spec.indexOf(':');
    if (colon < 0) {
      return spec;
    }
    List<String> settings = new ArrayList<>();
    boolean shareSeen = false;
    for (String setting : spec.substring(colon + 1).split(",")) {
      String value = setting.substring(setting.indexOf('=') + 1);
      if (!shareSeen && NUMBER.matcher(value).matches()) {
        shareSeen = true;
      } else {
        settings.add(setting);
      }
    }
    String name = spec.substring(0, colon);
    return settings.isEmpty() ? name : name + ":" + String.join(",", settings);
  }
}

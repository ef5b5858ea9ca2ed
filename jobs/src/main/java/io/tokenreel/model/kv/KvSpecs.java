package io.tokenreel.model.kv;

import io.tokenreel.token.SpecText;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The one registry of KV caches: a new one is its class and one line here. */
final class KvSpecs {

  private static final Map<String, Function<SpecText, KvSpec>> SPECS = new TreeMap<>();

  static {
    SPECS.put(FullKv.NAME, spec -> KvSpec.FULL);
    SPECS.put(DycokeKv.NAME, DycokeKv::of);
  }

  private KvSpecs() {}

  static KvSpec parse(String text) {
    SpecText spec = SpecText.parse("kv", text, DycokeKv.NAME + ":layer=3,prune=0.7");
    Function<SpecText, KvSpec> kind = SPECS.get(spec.name());
    if (kind == null) {
      throw new IllegalArgumentException(
          "unknown kv '" + spec.name() + "'; known: " + SPECS.keySet());
    }
    KvSpec made = kind.apply(spec);
    spec.rejectUnknownKeys();
    return made;
  }
}

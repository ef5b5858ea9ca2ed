package io.tokenreel.model.kv;

import io.tokenreel.spec.MethodInfo;
import io.tokenreel.spec.UnknownWord;
import io.tokenreel.token.SpecText;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The one registry of KV caches: a new one is its class and one line here. */
final class KvSpecs {

  /** What a spec's name stands for. */
  private record Method(String meaning, Function<SpecText, KvSpec> maker) {}

  private static final Map<String, Method> SPECS =
      new TreeMap<>(
          Map.of(
              FullKv.NAME,
              new Method("lets every layer see every token", spec -> KvSpec.FULL),
              DycokeKv.NAME,
              new Method(
                  "DyCoke's dynamic pruning (arXiv 2411.15024): layers from one on see the part of the visual tokens that attention picks",
                  DycokeKv::of)));

  private KvSpecs() {}

  static List<MethodInfo> infos() {
    return SPECS.entrySet().stream()
        .map(kv -> SpecText.info(kv.getKey(), kv.getValue().meaning(), kv.getValue().maker()))
        .toList();
  }

  static KvSpec parse(String text) {
    SpecText spec = SpecText.parse("kv", text, DycokeKv.NAME + ":layer=3,prune=0.7");
    Method kind = SPECS.get(spec.name());
    if (kind == null) {
      throw new IllegalArgumentException(UnknownWord.message("kv", spec.name(), SPECS.keySet()));
    }
    KvSpec made = kind.maker().apply(spec);
    spec.rejectUnknownKeys();
    return made;
  }
}

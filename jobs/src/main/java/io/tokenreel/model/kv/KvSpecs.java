package io.tokenreel.model.kv;

import io.tokenreel.spec.MethodInfo;
import io.tokenreel.spec.SpecRegistry;
import java.util.List;

/** The one registry of KV caches: a new one is its class and one line here. */
final class KvSpecs {

  private static final SpecRegistry<KvSpec> SPECS =
      new SpecRegistry<KvSpec>("kv", "kv", DycokeKv.NAME + ":layer=3,prune=0.7")
          .with(FullKv.NAME, "lets every layer see every token", spec -> KvSpec.FULL)
          .with(
              DycokeKv.NAME,
              "DyCoke's dynamic pruning (arXiv 2411.15024): layers from one on see the part of the visual tokens that attention picks",
              DycokeKv::of);

  private KvSpecs() {}

  static List<MethodInfo> infos() {
    return SPECS.infos();
  }

  static KvSpec parse(String text) {
    return SPECS.parse(text);
  }
}

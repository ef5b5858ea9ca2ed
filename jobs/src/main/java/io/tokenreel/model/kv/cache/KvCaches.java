package io.tokenreel.model.kv.cache;

import ai.djl.ndarray.NDManager;
import io.tokenreel.model.kv.DycokeKv;
import io.tokenreel.model.kv.KvMeter;
import io.tokenreel.model.kv.KvSpec;

/** The cache of each spec: a new KV cache is its class and one line here. */
final class KvCaches {

  private KvCaches() {}

  /**
   * Begins a sequence after a prefix.
   *
   * @throws IllegalArgumentException as {@link KvSpec#requireLayers} does
   */
  static KvCache begin(
      KvSpec spec, NDManager manager, KvShape shape, SharedPrefix prefix, KvMeter meter) {
    spec.requireLayers(shape.layers());
    if (spec instanceof DycokeKv dycoke) {
      return new DycokeKvCache(dycoke, manager, shape, prefix, meter);
    }
    if (spec.equals(KvSpec.FULL)) {
      return new KvCache(manager, shape, prefix, meter);
    }
    throw new IllegalStateException("kv '%s' has no cache".formatted(spec));
  }
}

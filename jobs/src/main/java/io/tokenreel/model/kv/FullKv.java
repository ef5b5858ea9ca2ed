package io.tokenreel.model.kv;

import ai.djl.ndarray.NDManager;

/** Every layer sees every token. */
record FullKv() implements KvSpec {

  static final String NAME = "full";

  @Override
  public void requireLayers(int layers) {}

  @Override
  public KvCache begin(NDManager manager, KvShape shape, SharedPrefix prefix, KvMeter meter) {
    return new KvCache(manager, shape, prefix, meter);
  }

  @Override
  public String toString() {
    return NAME;
  }
}

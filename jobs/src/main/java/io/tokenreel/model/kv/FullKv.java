package io.tokenreel.model.kv;

/** Every layer sees every token. */
record FullKv() implements KvSpec {

  static final String NAME = "full";

  @Override
  public void requireLayers(int layers) {}

  @Override
  public String toString() {
    return NAME;
  }
}

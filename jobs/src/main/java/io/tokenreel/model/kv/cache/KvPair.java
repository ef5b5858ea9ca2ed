package io.tokenreel.model.kv.cache;

import ai.djl.ndarray.NDArray;
import io.tokenreel.model.ComputeType;

/**
 * Keys and values of a share of one layer's key heads.
 *
 * @param keys {@code (key heads of the share, tokens, head size)}
 * @param values as keys
 * @param type of their numbers
 */
public record KvPair(NDArray keys, NDArray values, ComputeType type) {

  static KvPair of(KvBlock block, int share) {
    return new KvPair(block.keys().get(share), block.values().get(share), block.type());
  }
}

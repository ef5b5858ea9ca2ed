package io.tokenreel.model.kv.cache;

import io.tokenreel.model.ComputeType;

/**
 * What keys and values a decoder has.
 *
 * @param layers decoder layers
 * @param shares into which the key heads are split; divides them
 * @param keyHeads key heads of a layer
 * @param headSize channels of a head
 * @param type in which they are held
 */
public record KvShape(int layers, int shares, int keyHeads, int headSize, ComputeType type) {

  public KvShape {
    if (layers < 1 || shares < 1 || keyHeads % shares != 0 || headSize < 1) {
      throw new IllegalArgumentException(
          "expected at least one layer and key heads that divide into the shares; got %d layers, %d key heads of %d channels in %d shares"
              .formatted(layers, keyHeads, headSize, shares));
    }
  }

  /** Bytes of one token's keys and values in one layer. */
  public long tokenBytes() {
    return type.format().bytes(2L * keyHeads * headSize);
  }

  int keyHeadsOfShare() {
    return keyHeads / shares;
  }
}

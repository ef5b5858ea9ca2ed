package io.tokenreel.model.kv;

import java.util.Optional;

/**
 * What an answer's keys and values took: each token's once, as if the answer shared nothing with
 * others. What the layers attend to and what waits in reserve are apart; their most are not of one
 * moment, and at each moment both together are at most what the spec {@code full} holds then.
 *
 * @param device where the layers attend, {@code cpu} or {@code cuda:0}
 * @param bytesPeak most bytes that the layers attend to
 * @param bytesEnd those when the answer was done
 * @param reserveDevice where pruned tokens wait; empty where they never do
 * @param reserveBytesPeak most bytes in reserve
 * @param reserveBytesEnd those when the answer was done
 */
public record KvUse(
    String device,
    long bytesPeak,
    long bytesEnd,
    Optional<String> reserveDevice,
    long reserveBytesPeak,
    long reserveBytesEnd) {

  /** The most of both, and the other's end. */
  public KvUse then(KvUse next) {
    return new KvUse(
        next.device,
        Math.max(bytesPeak, next.bytesPeak),
        next.bytesEnd,
        next.reserveDevice,
        Math.max(reserveBytesPeak, next.reserveBytesPeak),
        next.reserveBytesEnd);
  }
}

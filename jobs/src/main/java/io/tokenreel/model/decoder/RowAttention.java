package io.tokenreel.model.decoder;

import io.tokenreel.model.ComputeType;
import io.tokenreel.model.engine.RowKernels;
import io.tokenreel.model.engine.RowTimesMatrix;
import io.tokenreel.model.kv.cache.KvPair;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A share of one layer's attention for a single row: what attention.pt computes, but at the speed
 * of memory and without the cost of forty small operators.
 *
 * @param input query, key and value weights below each other, {@code ((heads + 2 * key heads) *
 *     head size, hidden)}
 * @param inputBias of these
 * @param output {@code (hidden, heads * head size)}
 * @param queryNorm of each query head; empty without
 * @param keyNorm of each key head; empty without
 */
record RowAttention(
    RowNorm norm,
    RowTimesMatrix input,
    float[] inputBias,
    RowTimesMatrix output,
    Optional<RowNorm> queryNorm,
    Optional<RowNorm> keyNorm) {

  /**
   * What the share adds, and the attention on the watched tokens summed over its heads.
   *
   * @param added {@code [hidden]}
   * @param watched {@code [watched tokens]}
   */
  record Attended(float[] added, float[] watched) {}

  /**
   * Keys and values of tokens that lie one after the other.
   *
   * @param capacity tokens that there is room for
   */
  private record Stretch(
      ComputeType type, ByteBuffer keys, ByteBuffer values, int capacity, int tokens, int size) {

    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    static Stretch of(KvPair pair, int tokens) {
      return new Stretch(
          pair.type(),
          tokens == 0 ? NOTHING : pair.keys().toByteBuffer(true).order(ByteOrder.nativeOrder()),
          tokens == 0 ? NOTHING : pair.values().toByteBuffer(true).order(ByteOrder.nativeOrder()),
          (int) pair.keys().getShape().get(1),
          tokens,
          (int) pair.keys().getShape().get(2));
    }

    RowKernels.Matrix keys(int keyHead) {
      return new RowKernels.Matrix(type, keys, offset(keyHead, 0), tokens, size);
    }

    RowKernels.Matrix values(int keyHead) {
      return new RowKernels.Matrix(type, values, offset(keyHead, 0), tokens, size);
    }

    int offset(int keyHead, int token) {
      return type.format().bytes((keyHead * capacity + token) * size);
    }

    /** Writes keys or values of one token. */
    void put(ByteBuffer target, int keyHead, int token, float[] projected, int from) {
      byte[] stored = new byte[type.format().bytes(size)];
      type.format().encode(projected, from, size, stored, 0);
      target.put(offset(keyHead, token), stored);
    }
  }

  /**
   * Attends, and writes the row's keys and values into the tail.
   *
   * @param row {@code [hidden]}
   * @param watch places in the past of the tokens that are watched
   */
  Attended apply(
      float[] row, Rotary.Row rotary, KvPair pastPair, KvPair tailPair, int filled, int[] watch) {
    Stretch past = Stretch.of(pastPair, (int) pastPair.keys().getShape().get(1));
    Stretch tail = Stretch.of(tailPair, filled + 1);
    int size = tail.size;
    int keyHeads = (int) tailPair.keys().getShape().get(0);
    float[] projected = input.of(norm.apply(row));
    for (int i = 0; i < projected.length; i++) {
      projected[i] += inputBias[i];
    }
    int heads = projected.length / size - 2 * keyHeads;
    for (int head = 0; head < heads + keyHeads; head++) {
      int at = head * size;
      (head < heads ? queryNorm : keyNorm).ifPresent(each -> each.apply(projected, at));
      rotary.rotate(projected, at);
    }
    for (int keyHead = 0; keyHead < keyHeads; keyHead++) {
      int key = (heads + keyHead) * size;
      int value = key + keyHeads * size;
      tail.put(tail.keys, keyHead, filled, projected, key);
      tail.put(tail.values, keyHead, filled, projected, value);
    }
    int group = heads / keyHeads;
    int tokens = past.tokens + tail.tokens;
    float[] attended = new float[heads * size];
    float[] watched = new float[watch.length];
    float[] shares = new float[group * tokens];
    for (int keyHead = 0; keyHead < keyHeads; keyHead++) {
      int first = keyHead * group * size;
      RowKernels.products(past.keys(keyHead), projected, first, group, shares, 0, tokens);
      RowKernels.products(tail.keys(keyHead), projected, first, group, shares, past.tokens, tokens);
      for (int head = 0; head < group; head++) {
        int share = head * tokens;
        RowKernels.softmax(shares, share, tokens, (float) (1 / Math.sqrt(size)));
        int sum = first + head * size;
        RowKernels.addWeighted(past.values(keyHead), shares, share, attended, sum);
        RowKernels.addWeighted(tail.values(keyHead), shares, share + past.tokens, attended, sum);
        for (int i = 0; i < watch.length; i++) {
          watched[i] += shares[share + watch[i]];
        }
      }
    }
    return new Attended(output.of(attended), watched);
  }
}

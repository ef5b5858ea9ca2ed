package io.tokenreel.model.kv.cache;

import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * Which visual tokens are in the working cache and which are outside, and where. A token keeps its
 * slot until it changes sides, so that only those that change are copied.
 */
final class TokenSplit {

  private final int[] chosen; // token of each slot of the working cache
  private final int[] others; // token of each slot of the reserve

  /**
   * Splits tokens.
   *
   * @param count of tokens
   * @param chosen of them, ascending
   */
  TokenSplit(int count, int[] chosen) {
    BitSet in = setOf(chosen);
    this.chosen = chosen.clone();
    this.others = IntStream.range(0, count).filter(token -> !in.get(token)).toArray();
  }

  /**
   * Tokens that change sides, pair by pair.
   *
   * @param slots of the working cache whose tokens leave it
   * @param otherSlots of the reserve whose tokens take their place
   * @param entering the tokens that do
   */
  record Exchange(int[] slots, int[] otherSlots, int[] entering) {}

  /** The token of each slot of the working cache. */
  int[] chosen() {
    return chosen.clone();
  }

  /** The token of each slot of the reserve. */
  int[] others() {
    return others.clone();
  }

  /**
   * Chooses other tokens.
   *
   * @param next as many as are chosen now
   */
  Exchange choose(int[] next) {
    BitSet wanted = setOf(next);
    int[] slots =
        IntStream.range(0, chosen.length).filter(slot -> !wanted.get(chosen[slot])).toArray();
    int[] otherSlots =
        IntStream.range(0, others.length).filter(slot -> wanted.get(others[slot])).toArray();
    if (slots.length != otherSlots.length) {
      throw new IllegalArgumentException(
          "expected %d tokens, each once; got %d".formatted(chosen.length, wanted.cardinality()));
    }
    int[] entering = IntStream.of(otherSlots).map(slot -> others[slot]).toArray();
    for (int i = 0; i < slots.length; i++) {
      others[otherSlots[i]] = chosen[slots[i]];
      chosen[slots[i]] = entering[i];
    }
    return new Exchange(slots, otherSlots, entering);
  }

  private static BitSet setOf(int[] tokens) {
    BitSet set = new BitSet();
    IntStream.of(tokens).forEach(set::set);
    return set;
  }
}

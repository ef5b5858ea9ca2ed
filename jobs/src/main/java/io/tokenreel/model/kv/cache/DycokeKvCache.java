package io.tokenreel.model.kv.cache;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.tokenreel.compress.TopValues;
import io.tokenreel.model.NotFiniteException;
import io.tokenreel.model.kv.DycokeKv;
import io.tokenreel.model.kv.KvMeter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A sequence under {@link DycokeKv}.
 *
 * <p>Once tokens are pruned, the layers from L on attend to a block of their own: the text before
 * the video, the chosen tokens, and what is never scored, text among the video's rows included.
 * Where tokens leave the working cache, a sequence that is the last one to need the prefix splits
 * it: the other tokens go into a reserve, and the prefix is freed layer by layer. While others need
 * the prefix, it is the reserve.
 */
final class DycokeKvCache extends KvCache {

  private final DycokeKv spec;
  private final int scored;
  private final int[] watched; // places of the scored tokens
  private final int keep;
  private final NDManager reserveManager;
  private boolean decoding;
  private boolean seesAll = true;
  private double[] reference;
  private TokenSplit split; // null until the first choice

  /** Of the layers from L on; empty until the first choice. */
  private final List<KvBlock> chosen = new ArrayList<>();

  /** Of the layers from L on; empty while the prefix is the reserve, or where there is none. */
  private final List<KvBlock> reserves = new ArrayList<>();

  /** By layer of the prefix; a choice that fails half-way leaves them different. */
  private final Hold[] holds;

  /** What this sequence has of a layer of the prefix. */
  private enum Hold {
    ATTENDS,
    RESERVES,
    NOTHING
  }

  DycokeKvCache(
      DycokeKv spec, NDManager parent, KvShape shape, SharedPrefix prefix, KvMeter resident) {
    super(parent, shape, prefix, resident);
    this.spec = spec;
    this.scored = spec.scored(prefix.visualCount());
    this.watched = Arrays.copyOf(prefix.visual(), scored);
    this.keep = (int) (scored * (1 - spec.prune()));
    this.holds = new Hold[shape.layers()];
    Arrays.fill(holds, Hold.ATTENDS);
    this.reserveManager = reserveDevice().map(manager::newSubManager).orElse(manager);
  }

  @Override
  KvBlock past(int layer) {
    return seesAll || layer < spec.layer() ? super.past(layer) : chosen.get(layer - spec.layer());
  }

  @Override
  public void beginDecoding() {
    decoding = true;
  }

  @Override
  public int watchedLayer() {
    boolean settled = spec.reserve() == DycokeKv.Reserve.DROP && reference != null;
    return decoding && keep < scored && !settled ? spec.layer() - 1 : NONE;
  }

  @Override
  public int[] watched() {
    return watched;
  }

  @Override
  public void observe(float[] attention) {
    double[] seen = new double[attention.length];
    for (int i = 0; i < seen.length; i++) {
      seen[i] = attention[i];
      if (!Double.isFinite(seen[i])) {
        throw new NotFiniteException(
            "a model's attention must be finite; got %s".formatted(attention[i]));
      }
    }
    splitPrefixWhenLast();
    boolean alike = reference != null && cosine(seen, reference) >= spec.refresh();
    switch (spec.mode()) {
      case PAPER -> {
        if (!alike) {
          choose(seen);
          reference = seen;
        }
      }
      case RELEASE -> {
        seesAll = alike;
        if (!alike) {
          choose(seen);
        }
        reference = seen;
      }
    }
  }

  private void choose(double[] attention) {
    int[] top = TopValues.indices(attention, 0, attention.length, keep);
    if (split == null) {
      split = new TokenSplit(scored, top);
      prune();
    } else {
      exchange(split.choose(top));
    }
    seesAll = false;
    count();
  }

  /** The first choice: copies what is chosen, layer by layer. */
  private void prune() {
    if (hasReserve()) {
      layers()
          .forEach(
              layer -> {
                prefix.keepInReserve(layer);
                holds[layer] = Hold.RESERVES;
              });
    }
    boolean last = isLast();
    layers()
        .forEach(
            layer -> {
              KvBlock block = prefix.layer(layer).select(manager, workingPlaces());
              resident.add(block.bytes(), 0);
              chosen.add(block);
              if (last) {
                splitPrefix(layer);
              } else if (frees() && !hasReserve()) {
                letGo(layer);
              }
            });
  }

  private void splitPrefixWhenLast() {
    if (split != null && reserves.isEmpty() && isLast()) {
      layers().forEach(this::splitPrefix);
    }
  }

  private boolean isLast() {
    return hasReserve() && prefix.isLastReserve(spec.layer());
  }

  /** Keeps of a prefix that nobody else needs the tokens that are not chosen. */
  private void splitPrefix(int layer) {
    int[] places = places(split.others());
    KvBlock block = prefix.layer(layer).select(reserveManager, places);
    resident.add(0, block.bytes());
    reserves.add(block);
    letGo(layer);
  }

  /** Ends whatever hold this sequence has of a layer of the prefix. */
  private void letGo(int layer) {
    Hold held = holds[layer];
    holds[layer] = Hold.NOTHING;
    switch (held) {
      case ATTENDS -> prefix.release(layer);
      case RESERVES -> prefix.releaseReserve(layer);
      case NOTHING -> {}
    }
  }

  private void exchange(TokenSplit.Exchange moved) {
    if (moved.slots().length == 0) {
      return;
    }
    int[] slots = Arrays.stream(moved.slots()).map(slot -> textBefore() + slot).toArray();
    for (int i = 0; i < chosen.size(); i++) {
      KvBlock working = chosen.get(i);
      boolean own = !reserves.isEmpty();
      KvBlock source = own ? reserves.get(i) : prefix.layer(spec.layer() + i);
      int[] from = own ? moved.otherSlots() : places(moved.entering());
      try (KvBlock entering = source.select(manager, from)) {
        if (own) {
          try (KvBlock leaving = working.select(reserveManager, slots)) {
            source.put(moved.otherSlots(), leaving);
          }
        }
        working.put(slots, entering);
      }
    }
  }

  private IntStream layers() {
    return IntStream.range(spec.layer(), shape.layers());
  }

  /**
   * Places of the prefix that the layers from L on attend to: the text before the first scored
   * token, the chosen tokens slot by slot, and all else that is not scored.
   */
  private int[] workingPlaces() {
    BitSet rest = new BitSet(prefix.tokens());
    rest.set(textBefore(), prefix.tokens());
    Arrays.stream(watched()).forEach(rest::clear);
    IntStream tokens = IntStream.of(places(split.chosen()));
    return IntStream.concat(
            IntStream.concat(IntStream.range(0, textBefore()), tokens), rest.stream())
        .toArray();
  }

  /** Tokens before the first scored one. */
  private int textBefore() {
    return scored == 0 ? prefix.tokens() : prefix.visual()[0];
  }

  /** Places of scored tokens in the prefix. */
  private int[] places(int[] tokens) {
    return Arrays.stream(tokens).map(token -> prefix.visual()[token]).toArray();
  }

  private boolean frees() {
    return spec.mode() == DycokeKv.Mode.PAPER;
  }

  private boolean hasReserve() {
    return frees() && spec.reserve() != DycokeKv.Reserve.DROP;
  }

  @Override
  public Optional<Device> reserveDevice() {
    if (!hasReserve()) {
      return Optional.empty();
    }
    return Optional.of(spec.reserve() == DycokeKv.Reserve.HOST ? Device.cpu() : device());
  }

  @Override
  long prunedTokens() {
    return split != null && frees() ? layers().count() * (scored - keep) : 0;
  }

  @Override
  long reservedTokens() {
    return split != null && hasReserve() ? prunedTokens() : 0;
  }

  private static double cosine(double[] a, double[] b) {
    double dot = 0;
    double squares = 0;
    double otherSquares = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      squares += a[i] * a[i];
      otherSquares += b[i] * b[i];
    }
    return dot == 0 ? 0 : dot / Math.sqrt(squares * otherSquares);
  }

  @Override
  KvCache sibling() {
    if (decoding) {
      throw new IllegalStateException("a sequence is forked before it is decoded");
    }
    return new DycokeKvCache(spec, manager.getParentManager(), shape, prefix, resident);
  }

  @Override
  void releasePrefix() {
    IntStream.range(0, shape.layers()).forEach(this::letGo);
  }

  @Override
  public void close() {
    chosen.forEach(block -> resident.add(-block.bytes(), 0));
    reserves.forEach(block -> resident.add(0, -block.bytes()));
    super.close();
  }
}

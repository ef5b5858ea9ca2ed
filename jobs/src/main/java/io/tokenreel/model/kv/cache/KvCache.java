package io.tokenreel.model.kv.cache;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.tokenreel.model.kv.KvMeter;
import io.tokenreel.model.kv.KvUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keys and values of one sequence: a prefix that it shares with others, and a tail of its own.
 * This is the spec {@code full}, and what others change a part of.
 *
 * <p>For each new token or run of tokens a decoder calls {@link #reserve}, then reads {@link #past}
 * and writes into {@link #tail} layer by layer, hands the attention of the {@link #watchedLayer} to
 * {@link #observe} before it goes on to the next layer, and ends with {@link #advance}.
 *
 * <p>Positions are places in the whole sequence and never change, whatever is pruned.
 *
 * <p>One thread at a time.
 */
public class KvCache implements AutoCloseable {

  /** Tokens of room that a tail grows by at least, so that decoding does not copy it each time. */
  private static final int LEAST_GROWTH = 32;

  /** Where no layer is watched. */
  public static final int NONE = -1;

  final NDManager manager;
  final KvShape shape;
  final SharedPrefix prefix;
  final KvMeter resident;
  private final KvMeter own = new KvMeter();
  private final List<KvBlock> tail = new ArrayList<>(); // by layer; empty before there is room
  private int filled;

  KvCache(NDManager parent, KvShape shape, SharedPrefix prefix, KvMeter resident) {
    this.manager = parent.newSubManager();
    this.shape = shape;
    this.prefix = prefix;
    this.resident = resident;
    for (int layer = 0; layer < shape.layers(); layer++) {
      prefix.attend(layer);
    }
    count();
  }

  /**
   * The cache of a sequence that shares nothing: its tail becomes a prefix for others.
   *
   * <p>Where there is no memory for it, nothing of it stays.
   *
   * @param capacity tokens that it is made for; more are allowed
   */
  public static KvCache empty(NDManager parent, KvShape shape, int capacity, KvMeter meter) {
    KvCache cache = new KvCache(parent, shape, SharedPrefix.nothing(parent, shape, meter), meter);
    cache.prefix.close();
    cache.orClose(() -> cache.allocate(capacity));
    return cache;
  }

  /** Does a part of the making of this cache, which is closed where that fails. */
  private void orClose(Runnable part) {
    try {
      part.run();
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /**
   * What this sequence holds: each token's keys and values once, as if it shared nothing. Room that
   * no token has taken yet and copies that are under way do not count.
   */
  public final KvMeter own() {
    return own;
  }

  /** What this sequence has taken so far. */
  public final KvUse use() {
    return new KvUse(
        name(device()),
        own.workingPeak(),
        own.working(),
        reserveDevice().map(KvCache::name),
        own.reservePeak(),
        own.reserve());
  }

  private static String name(Device device) {
    return device.isGpu() ? "cuda:" + device.getDeviceId() : "cpu";
  }

  /** Has {@link #own} follow what changed. */
  final void count() {
    long all = (long) shape.layers() * length();
    own.set((all - prunedTokens()) * shape.tokenBytes(), reservedTokens() * shape.tokenBytes());
  }

  /** Tokens that left the working cache, summed over the layers. */
  long prunedTokens() {
    return 0;
  }

  /** Those of them that can come back. */
  long reservedTokens() {
    return 0;
  }

  /** Where pruned tokens wait; empty where none do. */
  public Optional<Device> reserveDevice() {
    return Optional.empty();
  }

  /** Where the layers attend. */
  public final Device device() {
    return manager.getDevice();
  }

  /** Tokens so far; the place of the next one. */
  public final int length() {
    return prefix.tokens() + filled;
  }

  /** Tokens in the tail. */
  public final int filled() {
    return filled;
  }

  /** What a layer's new tokens see of the prefix. */
  KvBlock past(int layer) {
    return prefix.layer(layer);
  }

  /** Keys and values that new tokens see of the prefix, for a share of the key heads. */
  public final KvPair past(int layer, int share) {
    return KvPair.of(past(layer), share);
  }

  /** Room for the tail's keys and values, for a share of the key heads. */
  public final KvPair tail(int layer, int share) {
    return KvPair.of(tail.get(layer), share);
  }

  /** Makes room for tokens after those in the tail. */
  public final void reserve(int tokens) {
    int capacity = tail.isEmpty() ? 0 : tail.get(0).tokens();
    if (filled + tokens > capacity) {
      allocate(
          tail.isEmpty()
              ? tokens
              : Math.max(filled + tokens, capacity + Math.max(capacity, LEAST_GROWTH)));
    }
  }

  private void allocate(int capacity) {
    boolean first = tail.isEmpty();
    for (int layer = 0; layer < shape.layers(); layer++) {
      if (first) {
        append(KvBlock.zeros(manager, shape, capacity));
      } else {
        replace(layer, capacity);
      }
    }
  }

  /** The tail of the next layer. */
  private void append(KvBlock block) {
    tail.add(block);
    resident.add(block.bytes(), 0);
  }

  /** The tail of a layer in a block of another capacity. */
  private void replace(int layer, int capacity) {
    KvBlock old = tail.get(layer);
    KvBlock made = old.grown(manager, shape, filled, capacity);
    tail.set(layer, made);
    resident.add(made.bytes() - old.bytes(), 0);
    old.close();
  }

  /** The new tokens' keys and values are in the tail of every layer. */
  public final void advance(int tokens) {
    filled += tokens;
    count();
  }

  /** The tokens from here on are decoded, one at a time; what came before was the prompt. */
  public void beginDecoding() {}

  /** The layer whose attention on the visual tokens decides about the layers after it. */
  public int watchedLayer() {
    return NONE;
  }

  /**
   * The attention of a new token on the visual tokens.
   *
   * @param attention {@code [watched tokens]}, mean over the heads of the watched layer
   */
  public void observe(float[] attention) {
    throw new IllegalStateException("no layer is watched");
  }

  /** Places in the prefix of the watched tokens, ascending: visual ones; not written to. */
  public int[] watched() {
    return prefix.visual();
  }

  /**
   * Another sequence that went the same way so far; only before {@link #beginDecoding}. Where there
   * is no memory for it, nothing of it stays.
   */
  public final KvCache fork() {
    KvCache twin = sibling();
    twin.orClose(() -> twin.copyTail(this));
    return twin;
  }

  /** A sequence of the same spec that begins where this one began. */
  KvCache sibling() {
    return new KvCache(manager.getParentManager(), shape, prefix, resident);
  }

  private void copyTail(KvCache from) {
    for (KvBlock block : from.tail) {
      append(block.grown(manager, shape, from.filled, from.filled + LEAST_GROWTH));
    }
    filled = from.filled;
    count();
  }

  /**
   * Turns the tail into a prefix, whose first holder is the caller, and closes this cache.
   *
   * @param visual places of the visual tokens, ascending
   */
  public final SharedPrefix toPrefix(int[] visual) {
    int last = visual.length == 0 ? -1 : visual[visual.length - 1];
    if (prefix.tokens() > 0 || last >= filled) {
      throw new IllegalStateException(
          "expected a sequence without a prefix that holds visual tokens up to %d; got %d tokens after a prefix of %d"
              .formatted(last, filled, prefix.tokens()));
    }
    for (int layer = 0; layer < tail.size(); layer++) {
      if (tail.get(layer).tokens() != filled) {
        replace(layer, filled);
      }
    }
    SharedPrefix made = new SharedPrefix(manager, shape, tail, filled, visual, resident);
    tail.clear();
    filled = 0;
    releasePrefix();
    return made;
  }

  void releasePrefix() {
    for (int layer = 0; layer < shape.layers(); layer++) {
      prefix.release(layer);
    }
  }

  @Override
  public void close() {
    for (KvBlock block : tail) {
      resident.add(-block.bytes(), 0);
    }
    releasePrefix();
    manager.close();
  }
}

package io.tokenreel.model.kv.cache;

import ai.djl.ndarray.NDManager;
import io.tokenreel.model.kv.KvMeter;
import io.tokenreel.model.kv.KvSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Keys and values of a prompt's start up to its last visual token, computed once and never copied
 * for the sequences that go on from there.
 *
 * <p>A layer is freed when nobody holds it: neither the one who made the prefix and may begin more
 * sequences, nor a sequence that attends to it or keeps it in reserve. A sequence that keeps it in
 * reserve, and is the last one to hold it, may take it over and keep a part. Thread-safe.
 */
public final class SharedPrefix implements AutoCloseable {

  private final NDManager manager;
  private final KvShape shape;
  private final List<KvBlock> layers;
  private final int tokens;
  private final int[] visual;
  private final KvMeter meter;
  private final int[] attending;
  private final int[] reserving;
  private boolean open = true;

  SharedPrefix(
      NDManager manager,
      KvShape shape,
      List<KvBlock> layers,
      int tokens,
      int[] visual,
      KvMeter meter) {
    this.manager = manager;
    this.shape = shape;
    this.layers = new ArrayList<>(layers);
    this.tokens = tokens;
    this.visual = visual.clone();
    this.meter = meter;
    this.attending = new int[layers.size()];
    this.reserving = new int[layers.size()];
    for (int layer = 0; layer < layers.size(); layer++) {
      attend(layer);
    }
  }

  static SharedPrefix nothing(NDManager parent, KvShape shape, KvMeter meter) {
    NDManager manager = parent.newSubManager();
    try {
      List<KvBlock> layers = new ArrayList<>();
      for (int layer = 0; layer < shape.layers(); layer++) {
        layers.add(KvBlock.zeros(manager, shape, 0));
      }
      return new SharedPrefix(manager, shape, layers, 0, new int[0], meter);
    } catch (RuntimeException | Error e) {
      manager.close();
      throw e;
    }
  }

  /** Tokens of the prefix. */
  public int tokens() {
    return tokens;
  }

  /** Places of the visual tokens, ascending; not written to. */
  int[] visual() {
    return visual;
  }

  /** How many of them are visual. */
  public int visualCount() {
    return visual.length;
  }

  /** What is resident: this prefix once, and what its sequences have of their own. */
  public KvMeter resident() {
    return meter;
  }

  /**
   * Begins a sequence.
   *
   * @throws IllegalArgumentException for a spec that the model's layers do not allow
   */
  public KvCache begin(KvSpec spec) {
    return KvCaches.begin(spec, manager.getParentManager(), shape, this, meter);
  }

  synchronized KvBlock layer(int layer) {
    return layers.get(layer);
  }

  synchronized void attend(int layer) {
    attending[layer]++;
  }

  /** One who attended to a layer keeps it in reserve only. */
  synchronized void keepInReserve(int layer) {
    reserving[layer]++;
    attending[layer]--;
    if (attending[layer] == 0) {
      long bytes = layers.get(layer).bytes();
      meter.add(-bytes, bytes);
    }
  }

  /** Whether one who keeps the layers from one on in reserve is the last to hold them. */
  synchronized boolean isLastReserve(int fromLayer) {
    return IntStream.range(fromLayer, shape.layers())
        .allMatch(layer -> attending[layer] == 0 && reserving[layer] == 1);
  }

  /** One who attended to a layer has no more use of it. */
  synchronized void release(int layer) {
    attending[layer]--;
    if (attending[layer] == 0) {
      long bytes = layers.get(layer).bytes();
      meter.add(-bytes, reserving[layer] > 0 ? bytes : 0);
      freeIfUnheld(layer);
    }
  }

  /** One who kept a layer in reserve has no more use of it. */
  synchronized void releaseReserve(int layer) {
    reserving[layer]--;
    if (reserving[layer] == 0 && attending[layer] == 0) {
      meter.add(0, -layers.get(layer).bytes());
      freeIfUnheld(layer);
    }
  }

  private void freeIfUnheld(int layer) {
    if (attending[layer] == 0 && reserving[layer] == 0) {
      layers.get(layer).close();
      layers.set(layer, null);
      if (layers.stream().allMatch(block -> block == null)) {
        manager.close();
      }
    }
  }

  /** No more sequences begin here; those that did go on. */
  @Override
  public synchronized void close() {
    if (open) {
      open = false;
      for (int layer = 0; layer < shape.layers(); layer++) {
        release(layer);
      }
    }
  }
}

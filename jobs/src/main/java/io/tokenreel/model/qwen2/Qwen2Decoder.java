package io.tokenreel.model.qwen2;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.engine.PyTorch;
import io.tokenreel.model.engine.ShareRunner;
import io.tokenreel.model.kv.KvCache;
import io.tokenreel.model.kv.KvShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Qwen2's decoder: from embedded rows to logits, over keys and values that a {@link KvCache} holds.
 *
 * <p>Heads, MLP channels and vocabulary are split into a fixed number of shares that are computed
 * side by side (tensor parallelism, arXiv 1909.08053). The number depends on the checkpoint alone,
 * and long prompts go in pieces of a fixed length counted from where they begin; so results depend,
 * to the last bit, neither on the number of threads nor on other sequences.
 *
 * <p>Thread-safe; a cache belongs to one thread at a time.
 */
final class Qwen2Decoder implements AutoCloseable {

  /** Rows that go through the layers together: enough for large products, few enough for memory. */
  static final int PIECE = 512;

  private static final int MOST_SHARES = 2;

  private final Qwen2Config config;
  private final NDManager manager;
  private final List<Qwen2Share> shares = new ArrayList<>();
  private final RotaryTable rotary;
  private final ShareRunner runner;
  private final KvShape kvShape;

  Qwen2Decoder(Qwen2Config config, Qwen2Weights weights, Device device, int threads) {
    this.config = config;
    this.manager = PyTorch.engine().newBaseManager(device);
    int count = device.isGpu() ? 1 : greatestShare(config.keyHeads());
    this.runner = new ShareRunner(count, threads);
    this.kvShape = new KvShape(config.layers(), count, config.keyHeads(), config.headSize());
    try {
      this.rotary =
          new RotaryTable(manager, config.positions(), config.headSize(), config.ropeTheta());
      for (int share = 0; share < count; share++) {
        shares.add(new Qwen2Share(manager, config, weights, share, count));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static int greatestShare(int keyHeads) {
    return keyHeads % MOST_SHARES == 0 ? MOST_SHARES : 1;
  }

  /** What its keys and values are. */
  KvShape kvShape() {
    return kvShape;
  }

  /** Owns what lives as long as this decoder. */
  NDManager manager() {
    return manager;
  }

  /**
   * Feeds rows after those that the cache holds.
   *
   * @param rows {@code [count][hidden]}, embedded tokens
   * @param logitsOf how many of the last rows to give logits of, at most {@value #PIECE}
   * @return {@code [logitsOf][vocabulary]}
   * @throws IllegalArgumentException when the sequence would have more tokens than the model
   */
  float[][] feed(float[] rows, KvCache cache, int logitsOf) {
    int count = rows.length / config.hidden();
    requireRoom(cache.length() + count);
    cache.reserve(count);
    float[][] logits = new float[logitsOf][];
    for (int from = 0; from < count; from += PIECE) {
      int to = Math.min(from + PIECE, count);
      try (NDManager scope = manager.newSubManager()) {
        NDArray x = create(scope, rows, from, to);
        Qwen2Share.Place place = place(scope, cache, to - from);
        for (int layer = 0; layer < config.layers(); layer++) {
          x = layer(scope, layer, x, place, cache);
        }
        cache.advance(to - from);
        int first = Math.max(from, count - logitsOf);
        if (first < to) {
          head(x, first - from, to - from, logits, first - (count - logitsOf));
        }
      }
    }
    return logits;
  }

  private NDArray create(NDManager scope, float[] rows, int from, int to) {
    int hidden = config.hidden();
    float[] part =
        from == 0 && to * hidden == rows.length
            ? rows
            : Arrays.copyOfRange(rows, from * hidden, to * hidden);
    return scope.create(part, new Shape(to - from, hidden));
  }

  /**
   * Checks the length of a sequence.
   *
   * @throws IllegalArgumentException when the model has fewer positions
   */
  void requireRoom(int tokens) {
    if (tokens > config.positions()) {
      throw new IllegalArgumentException(
          "a sequence of %d tokens is longer than the model's %d positions; keep fewer visual tokens or ask for fewer new ones"
              .formatted(tokens, config.positions()));
    }
  }

  /** Where tokens stand that come next. */
  Qwen2Share.Place place(NDManager scope, KvCache cache, int count) {
    return new Qwen2Share.Place(
        rotary.at(scope, cache.length(), cache.length() + count),
        rotary.at(cache.length()),
        cache.filled(),
        scope.create((long) cache.filled()));
  }

  /**
   * Hidden state {@code layer + 1} of new tokens from hidden state {@code layer}; their keys and
   * values are in the cache's tail afterwards.
   *
   * @param x {@code (n, hidden)}, closed here
   */
  NDArray layer(NDManager scope, int layer, NDArray x, Qwen2Share.Place place, KvCache cache) {
    boolean watched = cache.watchedLayer() == layer;
    try (NDManager inner = scope.newSubManager()) {
      Qwen2Share.Watch watch =
          Qwen2Share.Watch.of(inner, cache.visualFrom(), watched ? cache.visualCount() : 0);
      NDArray input = x;
      List<NDList> attended =
          runner.run(
              share ->
                  shares
                      .get(share)
                      .attention(
                          layer,
                          input,
                          place,
                          watch,
                          cache.past(layer, share),
                          cache.tail(layer, share)));
      if (watched) {
        cache.observe(mean(attended));
      }
      NDArray between = sum(inner, x, attended.stream().map(NDList::head).toList());
      List<NDArray> added = runner.run(share -> shares.get(share).mlp(layer, between));
      NDArray result = sum(inner, between, added);
      result.attach(scope);
      x.close();
      return result;
    }
  }

  /** The shares' sums over their heads, as a mean over all heads. */
  private float[] mean(List<NDList> attended) {
    float[] mean = attended.get(0).get(1).toFloatArray();
    for (int share = 1; share < attended.size(); share++) {
      float[] other = attended.get(share).get(1).toFloatArray();
      for (int i = 0; i < mean.length; i++) {
        mean[i] += other[i];
      }
    }
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= config.heads();
    }
    return mean;
  }

  private static NDArray sum(NDManager scope, NDArray x, List<NDArray> parts) {
    NDArray sum = x;
    for (NDArray part : parts) {
      part.attach(scope);
      sum = sum.add(part);
      sum.attach(scope);
    }
    return sum;
  }

  private void head(NDArray x, int from, int to, float[][] logits, int at) {
    NDArray rows = x.get(from + ":" + to);
    List<NDArray> parts = runner.run(share -> shares.get(share).logits(rows));
    for (int row = 0; row < to - from; row++) {
      logits[at + row] = new float[config.vocabulary()];
    }
    int column = 0;
    for (NDArray part : parts) {
      int width = (int) part.getShape().get(1);
      float[] values = part.toFloatArray();
      for (int row = 0; row < to - from; row++) {
        System.arraycopy(values, row * width, logits[at + row], column, width);
      }
      column += width;
    }
  }

  @Override
  public void close() {
    runner.close();
    shares.forEach(Qwen2Share::close);
    manager.close();
  }
}

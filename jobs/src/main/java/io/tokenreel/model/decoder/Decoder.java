package io.tokenreel.model.decoder;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.OpenParts;
import io.tokenreel.model.engine.PyTorch;
import io.tokenreel.model.engine.ShareRunner;
import io.tokenreel.model.kv.KvCache;
import io.tokenreel.model.kv.KvShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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
final class Decoder implements AutoCloseable {

  /** Rows that go through the layers together: enough for large products, few enough for memory. */
  static final int PIECE = 512;

  private static final int MOST_SHARES = 2;

  private static final Shape NOTHING = new Shape(0);

  private final OpenParts parts = new OpenParts();
  private final DecoderConfig config;
  private final NDManager manager;
  private final List<DecoderShare> shares = new ArrayList<>();
  private final Rotary rotary;
  private final ShareRunner runner;
  private final KvShape kvShape;
  private final Optional<RowDecoder> rowDecoder;

  Decoder(DecoderConfig config, DecoderWeights weights, Device device, int threads) {
    this.config = config;
    int count = device.isGpu() ? 1 : greatestShare(config.keyHeads());
    this.rotary = new Rotary(config.ropeTheta(), config.sections().axisOf(config.headSize() / 2));
    this.kvShape = new KvShape(config.layers(), count, config.keyHeads(), config.headSize());
    try {
      this.manager = parts.add(PyTorch.engine().newBaseManager(device));
      this.runner = new ShareRunner(count, threads);
      parts.add(runner);
      for (int share = 0; share < count; share++) {
        shares.add(parts.add(new DecoderShare(manager, config, weights, share, count)));
      }
      this.rowDecoder = RowDecoder.over(config.heads(), shares, runner);
    } catch (RuntimeException | Error e) {
      parts.close();
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
   * @param fed embedded tokens
   * @param logitsOf how many of the last rows to give logits of, at most {@value #PIECE}
   * @return {@code [logitsOf][vocabulary]}
   * @throws IllegalArgumentException when the sequence would have more tokens than the model
   */
  float[][] feed(PromptRows fed, KvCache cache, int logitsOf) {
    int count = fed.count();
    requireRoom(cache.length() + count);
    cache.reserve(count);
    float[][] logits = new float[logitsOf][];
    for (int from = 0; from < count; from += PIECE) {
      int to = Math.min(from + PIECE, count);
      int first = Math.max(from, count - logitsOf);
      int wanted = Math.max(0, to - first);
      float[][] found =
          to - from == 1 && rowDecoder.isPresent() && fed.levels().isEmpty()
              ? feedOne(rowDecoder.get(), fed, from, cache, wanted)
              : feedPiece(fed, from, to, cache, wanted);
      System.arraycopy(found, 0, logits, first - (count - logitsOf), wanted);
    }
    return logits;
  }

  private float[][] feedOne(
      RowDecoder decoder, PromptRows fed, int at, KvCache cache, int logitsOf) {
    float[] row = Arrays.copyOfRange(fed.rows(), at * config.hidden(), (at + 1) * config.hidden());
    decoder.feed(row, rotary.at(fed.positions(), at), cache);
    return logitsOf == 0 ? new float[0][] : new float[][] {decoder.logits(row)};
  }

  private float[][] feedPiece(PromptRows fed, int from, int to, KvCache cache, int logitsOf) {
    int count = to - from;
    try (NDManager scope = manager.newSubManager()) {
      NDArray x = piece(scope, fed.rows(), from, to);
      DecoderShare.Place place = place(scope, fed.positions(), from, count, cache);
      for (int layer = 0; layer < config.layers(); layer++) {
        x = layer(scope, layer, x, place, cache);
        if (layer < fed.levels().size()) {
          x = x.addi(piece(scope, fed.levels().get(layer), from, to));
        }
      }
      cache.advance(count);
      return logitsOf == 0 ? new float[0][] : head(x.get(count - logitsOf + ":" + count));
    }
  }

  private NDArray piece(NDManager scope, float[] rows, int from, int to) {
    int hidden = config.hidden();
    return scope.create(
        Arrays.copyOfRange(rows, from * hidden, to * hidden), new Shape(to - from, hidden));
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

  /**
   * Where tokens stand that come next.
   *
   * @param positions {@code [axes][tokens]}, of which {@code count} are fed, from {@code from} on
   */
  DecoderShare.Place place(NDManager scope, int[][] positions, int from, int count, KvCache cache) {
    return new DecoderShare.Place(
        rotary.at(scope, positions, from, from + count), scope.create((long) cache.filled()));
  }

  /**
   * Hidden state {@code layer + 1} of new tokens from hidden state {@code layer}; their keys and
   * values are in the cache's tail afterwards.
   *
   * @param x {@code (n, hidden)}, closed here
   */
  NDArray layer(NDManager scope, int layer, NDArray x, DecoderShare.Place place, KvCache cache) {
    boolean watched = cache.watchedLayer() == layer;
    try (NDManager inner = scope.newSubManager()) {
      NDArray watch = watched ? watched(inner, cache) : inner.zeros(NOTHING, DataType.INT64);
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
        cache.observe(
            DecoderShare.mean(
                attended.stream().map(share -> share.get(1).toFloatArray()).toList(),
                config.heads()));
      }
      NDArray between = sum(inner, x, attended.stream().map(NDList::head).toList());
      List<NDArray> added = runner.run(share -> shares.get(share).mlp(layer, between));
      NDArray result = sum(inner, between, added);
      result.attach(scope);
      x.close();
      return result;
    }
  }

  private static NDArray watched(NDManager scope, KvCache cache) {
    return scope.create(Arrays.stream(cache.watched()).asLongStream().toArray());
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

  private float[][] head(NDArray rows) {
    int count = (int) rows.getShape().get(0);
    float[][] logits = new float[count][config.vocabulary()];
    int column = 0;
    for (NDArray part : runner.run(share -> shares.get(share).logits(rows))) {
      int width = (int) part.getShape().get(1);
      float[] values = part.toFloatArray();
      for (int row = 0; row < count; row++) {
        System.arraycopy(values, row * width, logits[row], column, width);
      }
      column += width;
    }
    return logits;
  }

  @Override
  public void close() {
    parts.close();
  }
}

package io.tokenreel.model.decoder;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.NotFiniteException;
import io.tokenreel.model.OpenParts;
import io.tokenreel.model.engine.BatchSize;
import io.tokenreel.model.engine.PyTorch;
import io.tokenreel.model.engine.ShareRunner;
import io.tokenreel.model.engine.WeightLoader;
import io.tokenreel.model.kv.cache.KvCache;
import io.tokenreel.model.kv.cache.KvShape;
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

  private final OpenParts parts = new OpenParts();
  private final DecoderConfig config;
  private final NDManager manager;
  private final List<DecoderShare> shares = new ArrayList<>();
  private final Rotary rotary;
  private final ShareRunner runner;
  private final KvShape kvShape;
  private final BatchSize piece = new BatchSize(PIECE);
  private final List<RowShare> rowShares; // none where single rows go through the engine too

  Decoder(
      DecoderConfig config, DecoderWeights weights, Device device, ComputeType type, int threads) {
    this.config = config;
    int count = device.isGpu() ? 1 : greatestShare(config.keyHeads());
    this.rotary = new Rotary(config.ropeTheta(), config.sections().axisOf(config.headSize() / 2));
    this.kvShape = new KvShape(config.layers(), count, config.keyHeads(), config.headSize(), type);
    try {
      this.manager = parts.add(PyTorch.engine().newBaseManager(device));
      this.runner = new ShareRunner(count, threads);
      parts.add(runner);
      WeightLoader loader = new WeightLoader(manager, type);
      for (int share = 0; share < count; share++) {
        shares.add(parts.add(new DecoderShare(loader, config, weights, share, count)));
      }
      this.rowShares = rowShares(shares);
    } catch (RuntimeException | Error e) {
      parts.close();
      throw e;
    }
  }

  private static List<RowShare> rowShares(List<DecoderShare> shares) {
    List<RowShare> rows =
        shares.stream().map(DecoderShare::rows).flatMap(Optional::stream).toList();
    return rows.size() == shares.size() ? rows : List.of();
  }

  private static int greatestShare(int keyHeads) {
    return keyHeads % MOST_SHARES == 0 ? MOST_SHARES : 1;
  }

  /** How many rows go through the layers together. */
  BatchSize piece() {
    return piece;
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
    int length = piece.value();
    for (int from = 0; from < count; from += length) {
      int to = Math.min(from + length, count);
      int first = Math.max(from, count - logitsOf);
      int wanted = Math.max(0, to - first);
      float[][] found =
          to - from == 1 && !rowShares.isEmpty() && fed.levels().isEmpty()
              ? feedOne(fed, from, cache, wanted)
              : feedPiece(fed, from, to, cache, wanted);
      System.arraycopy(found, 0, logits, first - (count - logitsOf), wanted);
    }
    return logits;
  }

  private float[][] feedOne(PromptRows fed, int at, KvCache cache, int logitsOf) {
    float[] row = Arrays.copyOfRange(fed.rows(), at * config.hidden(), (at + 1) * config.hidden());
    Rotary.Row position = rotary.at(fed.positions(), at);
    run(new RowPass(rowShares, row, position, cache, config.heads()), cache, 0, config.layers());
    cache.advance(1);
    return logitsOf == 0 ? new float[0][] : new float[][] {head(row)};
  }

  private float[][] feedPiece(PromptRows fed, int from, int to, KvCache cache, int logitsOf) {
    int count = to - from;
    try (NDManager scope = manager.newSubManager()) {
      List<NDArray> levels =
          fed.levels().stream().map(level -> piece(scope, level, from, to)).toList();
      TensorPass pass =
          new TensorPass(
              scope,
              piece(scope, fed.rows(), from, to),
              shares,
              place(scope, fed.positions(), from, count, cache),
              cache,
              levels,
              config.heads());
      run(pass, cache, 0, config.layers());
      cache.advance(count);
      return logitsOf == 0 ? new float[0][] : head(pass.rows().get(count - logitsOf + ":" + count));
    }
  }

  /** Computes layers; numbers that are not finite are no failure of a layer. */
  private void run(LayerPass pass, KvCache cache, int from, int to) {
    try {
      runner.run(new LayerSteps(pass, cache, from, to));
    } catch (IllegalStateException e) {
      if (e.getCause() instanceof NotFiniteException notFinite) {
        throw notFinite;
      }
      throw e;
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
    TensorPass pass = new TensorPass(scope, x, shares, place, cache, List.of(), config.heads());
    run(pass, cache, layer, layer + 1);
    return pass.rows();
  }

  private float[][] head(NDArray rows) {
    int count = (int) rows.getShape().get(0);
    float[][] logits = new float[count][config.vocabulary()];
    if (kvShape.type() != ComputeType.F32 && !rowShares.isEmpty()) {
      // The engine would round logits, too, and make ties of them.
      for (int row = 0; row < count; row++) {
        logits[row] = head(rows.get(row).toFloatArray());
      }
      return logits;
    }
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

  private float[] head(float[] row) {
    float[] logits = new float[config.vocabulary()];
    int at = 0;
    for (float[] part : runner.run(share -> rowShares.get(share).logits(row))) {
      System.arraycopy(part, 0, logits, at, part.length);
      at += part.length;
    }
    return logits;
  }

  @Override
  public void close() {
    parts.close();
  }
}

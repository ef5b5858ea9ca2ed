package io.tokenreel.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.kv.cache.KvCache;
import java.util.Arrays;
import java.util.List;

/** Any number of rows, by the engine. */
final class TensorPass implements LayerPass {

  private static final Shape NOTHING = new Shape(0);

  private final NDManager scope;
  private final List<DecoderShare> shares;
  private final DecoderShare.Place place;
  private final KvCache cache;
  private final List<NDArray> levels;
  private final int heads;
  private final NDArray watch;
  private final NDArray noWatch;
  private final NDArray[] added;
  private final float[][] watched;
  private NDManager layer;
  private NDArray state;
  private NDArray between;

  /**
   * @param scope owns what lives as long as the pass
   * @param x {@code (n, hidden)}, closed here
   * @param levels of the first layers, {@code (n, hidden)} each
   * @param heads of all shares together
   */
  TensorPass(
      NDManager scope,
      NDArray x,
      List<DecoderShare> shares,
      DecoderShare.Place place,
      KvCache cache,
      List<NDArray> levels,
      int heads) {
    this.scope = scope;
    this.shares = shares;
    this.place = place;
    this.cache = cache;
    this.levels = levels;
    this.heads = heads;
    this.noWatch = scope.zeros(NOTHING, DataType.INT64);
    this.watch =
        cache.watchedLayer() == KvCache.NONE
            ? noWatch
            : scope.create(Arrays.stream(cache.watched()).asLongStream().toArray());
    this.added = new NDArray[shares.size()];
    this.watched = new float[shares.size()][];
    this.layer = scope.newSubManager();
    this.state = x;
  }

  /** The hidden states so far, {@code (n, hidden)}. */
  NDArray rows() {
    return state;
  }

  @Override
  public void attend(int index, int share, boolean isWatched) {
    NDList given =
        shares
            .get(share)
            .attention(
                index,
                state,
                place,
                isWatched ? watch : noWatch,
                cache.past(index, share),
                cache.tail(index, share));
    added[share] = given.get(0);
    try (NDArray attention = given.get(1)) {
      watched[share] = isWatched ? attention.toFloatArray() : null;
    }
  }

  @Override
  public float[] watched() {
    return DecoderShare.mean(Arrays.asList(watched), heads);
  }

  @Override
  public void addAttention() {
    between = sum(state);
  }

  @Override
  public void feedForward(int index, int share) {
    added[share] = shares.get(share).mlp(index, between);
  }

  @Override
  public void addFeedForward(int index) {
    NDArray next = sum(between);
    if (index < levels.size()) {
      next = next.addi(levels.get(index));
    }
    next.attach(scope);
    state.close();
    layer.close();
    layer = scope.newSubManager();
    state = next;
  }

  private NDArray sum(NDArray rows) {
    NDArray sum = rows;
    for (NDArray part : added) {
      part.attach(layer);
      sum = sum.add(part);
      sum.attach(layer);
    }
    return sum;
  }
}

package io.tokenreel.model.decoder;

import io.tokenreel.model.engine.ShareRunner;
import io.tokenreel.model.kv.cache.KvCache;

/**
 * The decoder's loop, from hidden state to hidden state: each layer adds its attention to the rows,
 * lets the cache choose by the attention of a watched layer, then adds its MLP.
 */
final class LayerSteps implements ShareRunner.Steps {

  private static final int STEPS_OF_A_LAYER = 2;

  private final LayerPass pass;
  private final KvCache cache;
  private final int from;
  private final int to;

  /**
   * @param from the first layer
   * @param to the layer after the last
   */
  LayerSteps(LayerPass pass, KvCache cache, int from, int to) {
    this.pass = pass;
    this.cache = cache;
    this.from = from;
    this.to = to;
  }

  @Override
  public int count() {
    return STEPS_OF_A_LAYER * (to - from);
  }

  private int layer(int step) {
    return from + step / STEPS_OF_A_LAYER;
  }

  private static boolean attends(int step) {
    return step % STEPS_OF_A_LAYER == 0;
  }

  @Override
  public void compute(int step, int share) {
    int layer = layer(step);
    if (attends(step)) {
      pass.attend(layer, share, cache.watchedLayer() == layer);
    } else {
      pass.feedForward(layer, share);
    }
  }

  @Override
  public void complete(int step) {
    int layer = layer(step);
    if (!attends(step)) {
      pass.addFeedForward(layer);
      return;
    }
    if (cache.watchedLayer() == layer) {
      cache.observe(pass.watched());
    }
    pass.addAttention();
  }
}

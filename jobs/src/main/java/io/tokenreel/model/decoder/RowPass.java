package io.tokenreel.model.decoder;

import io.tokenreel.model.engine.ShareRunner;
import io.tokenreel.model.kv.KvCache;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The way of a single row through all layers, as decoding feeds them. Its threads meet after each
 * layer's attention and MLP without leaving Java.
 */
final class RowDecoder {

  private final int heads;
  private final List<RowShare> shares;
  private final ShareRunner runner;

  private RowDecoder(int heads, List<RowShare> shares, ShareRunner runner) {
    this.heads = heads;
    this.shares = shares;
    this.runner = runner;
  }

  /**
   * Takes the weights of a decoder's shares.
   *
   * @param heads of all shares together
   * @return empty where a share's weights cannot be taken
   */
  static Optional<RowDecoder> over(int heads, List<DecoderShare> shares, ShareRunner runner) {
    List<RowShare> rows =
        shares.stream().map(DecoderShare::rows).flatMap(Optional::stream).toList();
    return rows.size() < shares.size()
        ? Optional.empty()
        : Optional.of(new RowDecoder(heads, rows, runner));
  }

  /**
   * Feeds a row after those that the cache holds and has room after.
   *
   * @param row {@code [hidden]}, an embedded token; takes its hidden state after the last layer
   */
  void feed(float[] row, Rotary.Row rotary, KvCache cache) {
    runner.run(new Layers(row, rotary, cache));
    cache.advance(1);
  }

  /**
   * Logits of the whole vocabulary.
   *
   * @param row {@code [hidden]}, after the last layer
   */
  float[] logits(float[] row) {
    List<float[]> parts = runner.run(share -> shares.get(share).logits(row));
    float[] logits = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, logits, at, part.length);
      at += part.length;
    }
    return logits;
  }

  /** Two steps for each layer. */
  private final class Layers implements ShareRunner.Steps {

    private final float[] row;
    private final Rotary.Row rotary;
    private final KvCache cache;
    private final float[][] added = new float[shares.size()][];
    private final float[][] watched = new float[shares.size()][];

    Layers(float[] row, Rotary.Row rotary, KvCache cache) {
      this.row = row;
      this.rotary = rotary;
      this.cache = cache;
    }

    @Override
    public int count() {
      return 2 * shares.get(0).layers();
    }

    @Override
    public void compute(int step, int share) {
      int layer = step / 2;
      if (step % 2 == 1) {
        added[share] = shares.get(share).mlp(layer, row);
        return;
      }
      RowAttention.Attended attended =
          shares
              .get(share)
              .attention(layer, row, rotary, cache, share, cache.watchedLayer() == layer);
      added[share] = attended.added();
      watched[share] = attended.watched();
    }

    @Override
    public void complete(int step) {
      if (step % 2 == 0 && cache.watchedLayer() == step / 2) {
        cache.observe(DecoderShare.mean(Arrays.asList(watched), heads));
      }
      for (float[] part : added) {
        for (int i = 0; i < row.length; i++) {
          row[i] += part[i];
        }
      }
    }
  }
}

package io.tokenreel.model.decoder;

import io.tokenreel.model.kv.cache.KvCache;
import java.util.Arrays;
import java.util.List;

/** A single row, as decoding feeds them: its threads meet without leaving Java. */
final class RowPass implements LayerPass {

  private final List<RowShare> shares;
  private final float[] row;
  private final Rotary.Row rotary;
  private final KvCache cache;
  private final int heads;
  private final float[][] added;
  private final float[][] watched;

  /**
   * @param row {@code [hidden]}, an embedded token; takes its hidden states
   * @param heads of all shares together
   */
  RowPass(List<RowShare> shares, float[] row, Rotary.Row rotary, KvCache cache, int heads) {
    this.shares = shares;
    this.row = row;
    this.rotary = rotary;
    this.cache = cache;
    this.heads = heads;
    this.added = new float[shares.size()][];
    this.watched = new float[shares.size()][];
  }

  @Override
  public void attend(int layer, int share, boolean isWatched) {
    RowAttention.Attended attended =
        shares.get(share).attention(layer, row, rotary, cache, share, isWatched);
    added[share] = attended.added();
    watched[share] = attended.watched();
  }

  @Override
  public float[] watched() {
    return DecoderShare.mean(Arrays.asList(watched), heads);
  }

  @Override
  public void addAttention() {
    add();
  }

  @Override
  public void feedForward(int layer, int share) {
    added[share] = shares.get(share).mlp(layer, row);
  }

  /** A single row has no levels: they are a video's, which is read in pieces. */
  @Override
  public void addFeedForward(int layer) {
    add();
  }

  private void add() {
    for (float[] part : added) {
      for (int i = 0; i < row.length; i++) {
        row[i] += part[i];
      }
    }
  }
}

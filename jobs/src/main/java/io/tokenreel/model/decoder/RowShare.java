package io.tokenreel.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.engine.RowTimesMatrix;
import io.tokenreel.model.kv.cache.KvCache;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@link DecoderShare} computes, for a single row, over the same weights: its matrices are
 * read at the speed of memory, and nothing of it goes through the engine.
 */
final class RowShare {

  private static final int[] NOTHING = {};

  private final List<RowAttention> attentions = new ArrayList<>();
  private final List<RowMlp> mlps = new ArrayList<>();
  private final RowNorm norm;
  private final RowTimesMatrix vocabulary;

  private RowShare(NDList head, ComputeType type) {
    this.norm = norm(head);
    this.vocabulary = RowTimesMatrix.over(head.get(1), type);
  }

  /**
   * Takes the weights where they lie.
   *
   * @param attention of each layer: norm, query, key and value weights, their biases, output
   *     weights, norms of queries and keys (empty without), epsilon
   * @param mlp of each layer: norm, gate and up weights, down weights, epsilon
   * @param head norm, vocabulary, epsilon
   * @param type of the matrices
   * @return empty where {@link RowTimesMatrix#fits} denies it for one of the matrices
   */
  static Optional<RowShare> over(
      List<NDList> attention, List<NDList> mlp, NDList head, ComputeType type) {
    List<NDArray> matrices = new ArrayList<>(List.of(head.get(1)));
    attention.forEach(weights -> matrices.addAll(List.of(weights.get(1), weights.get(3))));
    mlp.forEach(weights -> matrices.addAll(List.of(weights.get(1), weights.get(2))));
    if (!matrices.stream().allMatch(matrix -> RowTimesMatrix.fits(matrix, type))) {
      return Optional.empty();
    }
    RowShare share = new RowShare(head, type);
    for (NDList weights : attention) {
      share.attentions.add(
          new RowAttention(
              norm(weights),
              RowTimesMatrix.over(weights.get(1), type),
              weights.get(2).toFloatArray(),
              RowTimesMatrix.over(weights.get(3), type),
              headNorm(weights, 4),
              headNorm(weights, 5)));
    }
    for (NDList weights : mlp) {
      share.mlps.add(
          new RowMlp(
              norm(weights),
              RowTimesMatrix.over(weights.get(1), type),
              RowTimesMatrix.over(weights.get(2), type)));
    }
    return Optional.of(share);
  }

  private static Optional<RowNorm> headNorm(NDList weights, int place) {
    float[] weight = weights.get(place).toFloatArray();
    return weight.length == 0
        ? Optional.empty()
        : Optional.of(new RowNorm(weight, weights.get(weights.size() - 1).getFloat()));
  }

  private static RowNorm norm(NDList weights) {
    return new RowNorm(weights.get(0).toFloatArray(), weights.get(weights.size() - 1).getFloat());
  }

  int layers() {
    return mlps.size();
  }

  /**
   * What the share adds; the row's keys and values are written into the cache's tail.
   *
   * @param row {@code [hidden]}
   * @param share which one this is
   * @param watched whether the attention on the watched tokens is reported
   */
  RowAttention.Attended attention(
      int layer, float[] row, Rotary.Row rotary, KvCache cache, int share, boolean watched) {
    return attentions
        .get(layer)
        .apply(
            row,
            rotary,
            cache.past(layer, share),
            cache.tail(layer, share),
            cache.filled(),
            watched ? cache.watched() : NOTHING);
  }

  /**
   * What the share adds.
   *
   * @param row {@code [hidden]}
   * @return {@code [hidden]}
   */
  float[] mlp(int layer, float[] row) {
    return mlps.get(layer).apply(row);
  }

  /**
   * Logits of the share's part of the vocabulary.
   *
   * @param row {@code [hidden]}, after the last layer
   */
  float[] logits(float[] row) {
    return vocabulary.of(norm.apply(row));
  }
}

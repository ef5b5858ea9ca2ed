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
  private final List<RowTimesMatrix> vocabulary; // in slices of it

  private RowShare(List<NDList> slices, ComputeType type) {
    this.norm = norm(slices.get(0));
    this.vocabulary =
        slices.stream().map(slice -> RowTimesMatrix.over(slice.get(1), type)).toList();
  }

  /**
   * Takes the weights where they lie.
   *
   * @param attention of each layer: norm, query, key and value weights, their biases, output
   *     weights, norms of queries and keys (empty without), epsilon
   * @param mlp of each layer: norm, gate and up weights, down weights, epsilon
   * @param vocabulary of each slice of it: norm, weights, epsilon
   * @param type of the matrices
   * @return empty where {@link RowTimesMatrix#fits} denies it for one of the matrices
   */
  static Optional<RowShare> over(
      List<NDList> attention, List<NDList> mlp, List<NDList> vocabulary, ComputeType type) {
    List<NDArray> matrices = new ArrayList<>();
    vocabulary.forEach(weights -> matrices.add(weights.get(1)));
    attention.forEach(weights -> matrices.addAll(List.of(weights.get(1), weights.get(3))));
    mlp.forEach(weights -> matrices.addAll(List.of(weights.get(1), weights.get(2))));
    if (!matrices.stream().allMatch(matrix -> RowTimesMatrix.fits(matrix, type))) {
      return Optional.empty();
    }
    RowShare share = new RowShare(vocabulary, type);
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
    float[] normed = norm.apply(row);
    List<float[]> slices = vocabulary.stream().map(slice -> slice.of(normed)).toList();
    float[] logits = new float[slices.stream().mapToInt(slice -> slice.length).sum()];
    int at = 0;
    for (float[] slice : slices) {
      System.arraycopy(slice, 0, logits, at, slice.length);
      at += slice.length;
    }
    return logits;
  }
}

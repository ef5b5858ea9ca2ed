package io.tokenreel.model.decoder;

/**
 * Rows on their way through the layers, which are computed in shares: what {@link LayerSteps}
 * consists of. Methods that take a share are called by any thread, the others alone.
 */
interface LayerPass {

  /**
   * Computes what a share of a layer's heads adds to the rows; their keys and values are in the
   * cache's tail afterwards.
   *
   * @param watched whether its attention on the watched tokens is kept
   */
  void attend(int layer, int share, boolean watched);

  /** Adds what the shares' heads gave to the rows. */
  void addAttention();

  /**
   * The attention of the last row on the watched tokens, over the heads of all shares.
   *
   * @return {@code [watched tokens]}, the mean
   */
  float[] watched();

  /** Computes what a share of a layer's MLP adds to the rows. */
  void feedForward(int layer, int share);

  /** Adds what the shares' MLPs gave to the rows, and the layer's level where there is one. */
  void addFeedForward(int layer);
}

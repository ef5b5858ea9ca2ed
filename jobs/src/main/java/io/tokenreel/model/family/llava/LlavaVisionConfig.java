package io.tokenreel.model.family.llava;

import io.tokenreel.token.FeedLayout;

/**
 * What the vision side of a LLaVA checkpoint computes: SigLIP up to a layer, a two-layer projector,
 * a pooling of each frame's grid, and the model's own rows.
 *
 * @param vision the tower's sizes
 * @param featureLayer encoder layers whose output is the tower's
 * @param textHidden channels of a token, the language model's width
 * @param projectorBias whether the projector's linear maps have a bias
 * @param pixels how pixels become numbers
 * @param pooling from the tower's grid to the smaller one that the language model is fed
 * @param layout where {@code image_newline} stands among a video's tokens
 */
record LlavaVisionConfig(
    SiglipConfig vision,
    int featureLayer,
    int textHidden,
    boolean projectorBias,
    PixelScale pixels,
    GridPooling pooling,
    FeedLayout.Kind layout) {

  /** All that a frame's tokens depend on, one setting a line; the weights aside. */
  String canonical() {
    String lines =
        String.join(
            "\n",
            vision.canonical(),
            "feature_layer " + featureLayer,
            "text_hidden " + textHidden,
            "projector_bias " + projectorBias,
            pixels.canonical());
    // What the first family has goes without saying: its encoders keep their names.
    lines += pooling == GridPooling.BILINEAR ? "" : "\npooling " + pooling.label();
    return lines + (layout == FeedLayout.Kind.CLOSING ? "" : "\nlayout " + layout.label());
  }

  /** Rows and columns of a frame's tokens after pooling. */
  int pooledGrid() {
    return pooling.pooled(vision.grid());
  }
}

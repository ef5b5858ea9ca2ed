package io.tokenreel.model.family.qwenvl;

/**
 * Cosines and sines by which a patch's queries and keys are turned: the frequencies of its row,
 * then those of its column, in float32 steps. A channel of a head's first half turns with the same
 * one of the second half.
 *
 * <p>Source: transformers 5.23, {@code Qwen2_5_VLVisionRotaryEmbedding}, the same in the three
 * families.
 *
 * @param cosines {@code [patches][headSize / 2]}; nobody writes to it
 * @param sines {@code [patches][headSize / 2]}; nobody writes to it
 */
record AxialRotary(float[] cosines, float[] sines) {

  /**
   * The tables of a grid's patches.
   *
   * @param order the patches, as they follow each other
   * @param headSize channels of a head, a multiple of four
   */
  static AxialRotary of(PatchGrid grid, int[] order, int headSize, double theta) {
    int pairs = headSize / 2;
    float[] cosines = new float[Math.multiplyExact(order.length, pairs)];
    float[] sines = new float[cosines.length];
    float[] frequencies = frequencies(pairs, theta);
    for (int i = 0; i < cosines.length; i++) {
      int patch = order[i / pairs];
      int pair = i % pairs;
      int place = pair < frequencies.length ? grid.row(patch) : grid.column(patch);
      float angle = place * frequencies[pair % frequencies.length];
      cosines[i] = (float) Math.cos(angle);
      sines[i] = (float) Math.sin(angle);
    }
    return new AxialRotary(cosines, sines);
  }

  private static float[] frequencies(int width, double theta) {
    float[] frequencies = new float[width / 2];
    for (int k = 0; k < frequencies.length; k++) {
      frequencies[k] = 1f / (float) Math.pow(theta, (float) (2 * k) / width);
    }
    return frequencies;
  }
}

package io.tokenreel.model.qwenvl;

/**
 * Cosines and sines by which a patch's queries and keys are turned: the frequencies of its row,
 * those of its column, and both again for the head's second half, in float32 steps.
 *
 * <p>Source: transformers 5.23, {@code Qwen2_5_VLVisionRotaryEmbedding}, the same in the three
 * families.
 *
 * @param cosines {@code [patches][headSize]}; nobody writes to it
 * @param sines {@code [patches][headSize]}; nobody writes to it
 */
record AxialRotary(float[] cosines, float[] sines) {

  /**
   * The tables of a grid's patches.
   *
   * @param order the patches, as they follow each other
   * @param headSize channels of a head, a multiple of four
   */
  static AxialRotary of(StepGrid grid, int[] order, int headSize, double theta) {
    float[] cosines = new float[Math.multiplyExact(order.length, headSize)];
    float[] sines = new float[cosines.length];
    float[] frequencies = frequencies(headSize / 2, theta);
    for (int i = 0; i < order.length; i++) {
      for (int channel = 0; channel < headSize; channel++) {
        int frequency = channel % (headSize / 2);
        int place = frequency < frequencies.length ? grid.row(order[i]) : grid.column(order[i]);
        float angle = place * frequencies[frequency % frequencies.length];
        cosines[i * headSize + channel] = (float) Math.cos(angle);
        sines[i * headSize + channel] = (float) Math.sin(angle);
      }
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

package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.kernel.TokenRows;
import io.tokenreel.token.Kept;
import io.tokenreel.token.TokenBlock;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * {@code vidcom2:retention=R,exact=vllm}: VidCom2 as vLLM has it for Qwen3-VL, with the number of
 * tokens that vLLM makes places for. It differs from the released code in three places: the shares
 * have no epsilon; a token of one channel is scored by that one; and the total is brought to {@link
 * VllmCounts#vidcom2} over the whole video. Where the frames have more, the kept tokens of highest
 * similarity go; where they have fewer, the others of lowest similarity come. Of equal ones the
 * lower index goes or comes first. A frame may lose its last token in this.
 *
 * <p>Source: vllm-project/vllm, vllm/multimodal/video_prune/vidcom2.py at 0f17ee061e; the same in
 * 0.32. Of tokens with several planes the first is scored; vLLM scores all.
 *
 * @param spec canonical
 * @param rate q, the share that is pruned
 */
record VllmVidCom2(String spec, Kernels kernels, double rate) implements TokenCompressor {

  @Override
  public Kept select(TokenBlock block) {
    return selectWithBudgets(block).kept();
  }

  @Override
  public BudgetedKept selectWithBudgets(TokenBlock block) {
    TokenRows rows = new TokenRows(kernels, block);
    int perFrame = rows.tokensPerFrame();
    GaussianSimilarity similarity = similarity(rows);
    double[] shares = shares(similarity, rows.frames());
    double[] dissimilarity = new double[similarity.video().length];
    for (int i = 0; i < dissimilarity.length; i++) {
      dissimilarity[i] = -(similarity.video()[i] + similarity.frame()[i]);
    }
    int[] counts = KeptCounts.HALF_EVEN.of(shares, perFrame, 1 - rate);
    boolean[] kept = new boolean[dissimilarity.length];
    for (int t = 0; t < counts.length; t++) {
      for (int m : TopValues.indices(dissimilarity, t * perFrame, perFrame, counts[t])) {
        kept[t * perFrame + m] = true;
      }
    }
    int missing = VllmCounts.vidcom2(rows.frames(), perFrame, rate) - Arrays.stream(counts).sum();
    repair(kept, dissimilarity, missing);
    return new BudgetedKept(
        new Kept(IntStream.range(0, kept.length).filter(i -> kept[i]).toArray()), shares);
  }

  @Override
  public double[] frameBudgets(TokenBlock block) {
    TokenRows rows = new TokenRows(kernels, block);
    return shares(similarity(rows), rows.frames());
  }

  private static GaussianSimilarity similarity(TokenRows rows) {
    return GaussianSimilarity.of(rows, Math.max(1, rows.dim() / 2));
  }

  private double[] shares(GaussianSimilarity similarity, int frames) {
    return FrameCompressionAdjustment.vllm(
        FrameCompressionAdjustment.frameUniqueness(similarity.video(), frames, -1), 1 - rate);
  }

  /**
   * Adds the tokens that are missing, or takes away those that are too many.
   *
   * @param kept changed
   * @param missing below 0 where there are too many
   */
  private static void repair(boolean[] kept, double[] dissimilarity, int missing) {
    boolean adds = missing > 0;
    int[] places = IntStream.range(0, kept.length).filter(i -> kept[i] != adds).toArray();
    double[] wanted =
        Arrays.stream(places).mapToDouble(i -> (adds ? 1 : -1) * dissimilarity[i]).toArray();
    for (int i : TopValues.indices(wanted, 0, wanted.length, Math.abs(missing))) {
      kept[places[i]] = adds;
    }
  }
}

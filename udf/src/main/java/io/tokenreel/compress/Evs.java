package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.kernel.TokenRows;
import io.tokenreel.spec.Spec;
import io.tokenreel.token.Kept;
import io.tokenreel.token.TokenBlock;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Efficient Video Sampling (arXiv 2510.14624): {@code evs:prune=Q}, what vLLM does with {@code
 * --video-pruning-rate Q}. The first frame stays whole. Of all other tokens of the video those stay
 * that differ most from the token at the same place of the frame before; a frame may lose all of
 * its tokens.
 *
 * <ol>
 *   <li>{@code s = 1 - cos} of a token with the one at its place in the frame before; 255 in the
 *       first frame.
 *   <li>The {@link VllmCounts#evs} tokens of highest s over the whole video are kept; of equal ones
 *       the lower index.
 * </ol>
 *
 * <p>The paper compares pixels of patches; the code that serves compares tokens, and so does this.
 * Source: vllm-project/vllm, vllm/multimodal/video_prune/evs.py at d750efb17f; the same in 0.32.
 * The cosine of equal tokens is exactly 1 here, where the reference leaves it to rounding. Of
 * tokens with several planes the first is compared; vLLM's Qwen3-VL compares all.
 */
final class Evs implements TokenCompressor {

  static final String NAME = "evs";

  /** Frames that are compared in one go; each go reads the frame before them once more. */
  private static final int WINDOW = 8;

  /** Of the first frame's tokens, above any other. */
  private static final double FIRST = 255;

  private final String spec;
  private final Kernels kernels;
  private final double rate;

  private Evs(String spec, Kernels kernels, double rate) {
    this.spec = spec;
    this.kernels = kernels;
    this.rate = rate;
  }

  static Function<Kernels, TokenCompressor> of(Spec spec) {
    double rate = spec.share("prune");
    return kernels -> new Evs(spec.canonical(), kernels, rate);
  }

  @Override
  public String spec() {
    return spec;
  }

  @Override
  public Kept select(TokenBlock block) {
    TokenRows rows = new TokenRows(kernels, block);
    double[] dissimilarity = dissimilarity(rows);
    int keep = VllmCounts.evs(rows.frames(), rows.tokensPerFrame(), rate);
    return new Kept(TopValues.indices(dissimilarity, 0, dissimilarity.length, keep));
  }

  /** The share that is kept of each frame: there is no budget but the whole video's. */
  @Override
  public double[] frameBudgets(TokenBlock block) {
    return selectWithBudgets(block).frameBudgets();
  }

  @Override
  public BudgetedKept selectWithBudgets(TokenBlock block) {
    Kept kept = select(block);
    int perFrame = block.shape().tokensPerFrame();
    double[] shares = new double[block.shape().frames()];
    for (int place : kept.places()) {
      shares[place / perFrame]++;
    }
    return new BudgetedKept(kept, Arrays.stream(shares).map(count -> count / perFrame).toArray());
  }

  /**
   * @return {@code [frames * tokensPerFrame]}, in [0, 2] behind the first frame
   * @throws IllegalArgumentException naming the first token that is not finite
   */
  private static double[] dissimilarity(TokenRows rows) {
    int perFrame = rows.tokensPerFrame();
    double[] dissimilarity = new double[rows.frames() * perFrame];
    Arrays.fill(dissimilarity, 0, perFrame, FIRST);
    for (int start = 0; start == 0 || start < rows.frames() - 1; start += WINDOW) {
      double[][] cosines = FrameSimilarity.cosines(rows, start, others(rows.frames(), start));
      for (int i = 1; i < cosines.length; i++) {
        for (int m = 0; m < perFrame; m++) {
          dissimilarity[(start + i) * perFrame + m] = 1 - cosines[i][m];
        }
      }
    }
    return dissimilarity;
  }

  /** A frame to compare with, and the window's frames, each with the one before. */
  private static int[] others(int frames, int start) {
    int[] others = new int[Math.min(WINDOW, frames - 1 - start) + 1];
    for (int i = 0; i < others.length; i++) {
      others[i] = start + i - 1;
    }
    others[0] = -1;
    return others;
  }
}

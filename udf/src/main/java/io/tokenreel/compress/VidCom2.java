package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.spec.Spec;
import java.util.function.Function;

/**
 * VidCom2 (Video Compression Commander, arXiv 2505.14454; github.com/xuyang-liu16/VidCom2): {@code
 * vidcom2:retention=R}. Frames that are unlike their video keep more tokens, and within a frame the
 * tokens least like their video and their frame stay.
 *
 * <ul>
 *   <li>{@code mode=release} (default), the released code: {@link GaussianSimilarity} over the half
 *       of the channels with the lowest variance; keeps {@code max(1, round-half-to-even(r_t * M))}
 *       tokens of frame t, so the total is not exactly R * N.
 *   <li>{@code mode=paper}, Eqs. 3 to 10: {@link CosineUniqueness} over all channels; keeps {@code
 *       ceil(r_t * M)}.
 *   <li>{@code exact=true}: a total of int(N * (1 - Q)) with Q = 1 - R in float64, see {@link
 *       KeptCounts#EXACT}.
 *   <li>{@code exact=vllm}: the total that vLLM makes places for, and the tokens that its own
 *       VidCom2 chooses, see {@link VllmVidCom2}.
 * </ul>
 */
final class VidCom2 {

  static final String NAME = "vidcom2";

  private enum Mode {
    RELEASE,
    PAPER
  }

  private enum Exact {
    FALSE,
    TRUE,
    VLLM
  }

  private VidCom2() {}

  static Function<Kernels, TokenCompressor> of(Spec spec) {
    double retention = spec.positiveShare("retention");
    Mode mode = spec.word("mode", Mode.RELEASE);
    Exact exact = spec.word("exact", Exact.FALSE);
    if (exact == Exact.VLLM) {
      if (mode != Mode.RELEASE) {
        throw new IllegalArgumentException(
            "exact=vllm in compression '%s' goes with mode=release, which vLLM has; got mode=paper"
                .formatted(spec));
      }
      double rate = VllmCounts.rate(retention);
      return kernels -> new VllmVidCom2(spec.canonical(), kernels, rate);
    }
    boolean hasTotal = exact == Exact.TRUE;
    RankedSelection selection =
        switch (mode) {
          case RELEASE ->
              new RankedSelection(
                  TokenScore.VIDCOM2,
                  FrameBudget.FCA,
                  hasTotal ? KeptCounts.EXACT : KeptCounts.HALF_EVEN,
                  retention);
          case PAPER ->
              new RankedSelection(
                  TokenScore.PAPER,
                  FrameBudget.PAPER,
                  hasTotal ? KeptCounts.EXACT : KeptCounts.CEILING,
                  retention);
        };
    return kernels -> new RankedCompressor(spec.canonical(), kernels, selection);
  }
}

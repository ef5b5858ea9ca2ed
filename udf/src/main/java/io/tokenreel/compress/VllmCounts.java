package io.tokenreel.compress;

import io.tokenreel.spec.Spec;
import java.math.BigDecimal;

/**
 * How many tokens of a video vLLM makes places for when it is started with {@code
 * --video-pruning-rate Q}, by its own expressions in float64: {@code N * (1 - Q)} loses a token
 * where 1 - Q lies below the number that is meant, as at Q = 0.9.
 *
 * <p>Source: vllm-project/vllm, {@code compute_retained_tokens_count} of
 * vllm/multimodal/video_prune/evs.py at d750efb17f and vidcom2.py at 0f17ee061e; the same in 0.32.
 */
public final class VllmCounts {

  private VllmCounts() {}

  /**
   * With {@code --video-pruning-method evs}: {@code max(M, int(T * M * (1 - q)))}.
   *
   * @param frames T, steps of the video
   * @param tokensPerFrame M, tokens of a step
   * @param rate q, the share that is pruned, in [0, 1]
   */
  public static int evs(int frames, int tokensPerFrame, double rate) {
    return Math.max(tokensPerFrame, share(frames, tokensPerFrame, rate));
  }

  /**
   * With {@code --video-pruning-method vidcom2}: {@code max(T, int(T * M * (1 - q)))}.
   *
   * @param frames T, steps of the video
   * @param tokensPerFrame M, tokens of a step
   * @param rate q, the share that is pruned, in [0, 1]
   */
  public static int vidcom2(int frames, int tokensPerFrame, double rate) {
    return Math.max(frames, share(frames, tokensPerFrame, rate));
  }

  /**
   * The rate of a server that keeps a share R of the tokens: the float64 that is nearest to the
   * decimal number 1 - R, as the server reads it from its command line. The difference of two
   * float64, {@code 1 - R}, is another number for most R, such as 0.07.
   *
   * @param retention R, in (0, 1]
   * @return in [0, 1]
   */
  public static double rate(double retention) {
    return BigDecimal.ONE.subtract(new BigDecimal(Spec.print(retention))).doubleValue();
  }

  private static int share(int frames, int tokensPerFrame, double rate) {
    return (int) (Math.multiplyExact(frames, tokensPerFrame) * (1 - rate));
  }
}

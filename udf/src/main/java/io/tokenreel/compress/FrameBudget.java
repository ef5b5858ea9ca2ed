package io.tokenreel.compress;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How the tokens to keep are shared out among the frames. */
@FunctionalInterface
interface FrameBudget {

  /** Every frame the same. */
  FrameBudget EQUAL =
      (block, retention) -> {
        block.requireFinite();
        double[] shares = new double[block.frames()];
        Arrays.fill(shares, retention);
        return shares;
      };

  /** More for frames that are unlike the video, as VidCom2's released code has it. */
  FrameBudget FCA =
      (block, retention) ->
          FrameCompressionAdjustment.release(
              FrameCompressionAdjustment.frameUniqueness(
                  block.similarity().video(), block.frames(), -1),
              retention);

  /** More for frames that are unlike the video, as VidCom2's paper has it. */
  FrameBudget PAPER =
      (block, retention) ->
          FrameCompressionAdjustment.paper(
              FrameCompressionAdjustment.frameUniqueness(
                  block.uniqueness().video(), block.frames(), 1),
              retention);

  /**
   * @param retention share of all tokens to keep, in (0, 1]
   * @return {@code [frames]}, each in (0, 1]
   * @throws IllegalArgumentException naming the first token that is not finite
   */
  double[] shares(Analysis block, double retention);

  /** Names that a spec may use, sorted. */
  static List<String> names() {
    return List.copyOf(Names.BUDGETS.keySet());
  }

  /** The budget of one of {@link #names}. */
  static FrameBudget named(String name) {
    return Names.BUDGETS.get(name);
  }

  /** One line per budget. */
  final class Names {

    private static final Map<String, FrameBudget> BUDGETS =
        new TreeMap<>(Map.of("fca", FCA, "equal", EQUAL));

    private Names() {}
  }
}

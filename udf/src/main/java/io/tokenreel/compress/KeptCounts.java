package io.tokenreel.compress;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Whole tokens per frame from shares per frame. */
enum KeptCounts {
  /** VidCom2's released code: {@code max(1, round-half-to-even(r_t * M))}. */
  HALF_EVEN {
    @Override
    int[] of(double[] shares, int tokensPerFrame, double retention) {
      int[] counts = new int[shares.length];
      for (int t = 0; t < counts.length; t++) {
        counts[t] = clamp(Math.rint(shares[t] * tokensPerFrame), tokensPerFrame);
      }
      return counts;
    }
  },

  /**
   * VidCom2's paper: {@code ceil(r_t * M)}, of the number that is meant: what lies less than 1e-9
   * above a whole number is that number with float64's rounding, and keeps no token more.
   */
  CEILING {
    @Override
    int[] of(double[] shares, int tokensPerFrame, double retention) {
      int[] counts = new int[shares.length];
      for (int t = 0; t < counts.length; t++) {
        double wanted = shares[t] * tokensPerFrame;
        counts[t] = clamp(Math.ceil(wanted - ROUNDING_NOISE), tokensPerFrame);
      }
      return counts;
    }
  },

  /**
   * A total that is known before the tokens are: {@code max(T, min(int(N * (1 - q)), N))} with
   * {@code q = 1 - R} in float64 ({@code N * R} differs). A server that is given the decimal number
   * 1 - R computes with another q for some R: {@link VllmVidCom2} has its total for every R.
   *
   * <p>Every frame gets the whole part of {@code r_t * M}, at least 1. What is missing goes one by
   * one to the frames with the largest fraction of {@code r_t * M}, lower t first; what the minimum
   * of 1 gave out too much is taken back in the opposite order.
   */
  EXACT {
    @Override
    int[] of(double[] shares, int tokensPerFrame, double retention) {
      int[] counts = new int[shares.length];
      double[] fractions = new double[shares.length];
      int missing = exactTotal(shares.length, tokensPerFrame, retention);
      for (int t = 0; t < counts.length; t++) {
        double wanted = shares[t] * tokensPerFrame;
        counts[t] = clamp(Math.floor(wanted), tokensPerFrame);
        fractions[t] = wanted - Math.floor(wanted);
        missing -= counts[t];
      }
      int step = Integer.signum(missing);
      int[] order = byFraction(fractions, step);
      for (int i = 0; missing != 0; i = (i + 1) % order.length) {
        int count = counts[order[i]] + step;
        if (count >= 1 && count <= tokensPerFrame) {
          counts[order[i]] = count;
          missing -= step;
        }
      }
      return counts;
    }
  };

  /** Far below any share that means something, far above float64's rounding of r_t * M. */
  private static final double ROUNDING_NOISE = 1e-9;

  /**
   * @param shares [frames], each in (0, 1]
   * @param retention R, the share that the user asked for
   * @return [frames], each 1 to {@code tokensPerFrame}
   */
  abstract int[] of(double[] shares, int tokensPerFrame, double retention);

  /** {@code max(T, min(int(N * (1 - q)), N))} with {@code q = 1 - R}. */
  static int exactTotal(int frames, int tokensPerFrame, double retention) {
    int tokens = frames * tokensPerFrame;
    double pruned = 1 - retention;
    return Math.max(frames, Math.min((int) (tokens * (1 - pruned)), tokens));
  }

  private static int clamp(double count, int tokensPerFrame) {
    return (int) Math.max(1, Math.min(count, tokensPerFrame));
  }

  /** Frames by falling fraction, lower first; the exact opposite for a negative sign. */
  private static int[] byFraction(double[] fractions, int sign) {
    Comparator<Integer> order =
        Comparator.comparingDouble((Integer t) -> -fractions[t]).thenComparing(t -> t);
    return IntStream.range(0, fractions.length)
        .boxed()
        .sorted(sign < 0 ? order.reversed() : order)
        .mapToInt(t -> t)
        .toArray();
  }
}

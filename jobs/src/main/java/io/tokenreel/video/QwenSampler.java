package io.tokenreel.video;

import io.tokenreel.spec.Spec;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * {@code qwen:rule=utils,rate=2,min=4,max=768}: as many frames as the video's length at {@code
 * rate} gives, within {@code min} and {@code max} and no more than the video has, evenly spaced as
 * the loaders of Qwen2-VL, Qwen2.5-VL and Qwen3-VL space them. A video of one frame, which the
 * loaders that want an even number refuse, gives that frame.
 *
 * @param rule whose
 * @param rate frames per second, above 0 and at most 1000
 * @param min frames, 2 to {@code max}
 * @param max frames, 2 to {@value Samplers#MOST_FRAMES}
 */
record QwenSampler(Rule rule, double rate, int min, int max) implements Sampler {

  static final String NAME = "qwen";

  /**
   * Frames that make a temporal patch, of which {@link Rule#UTILS} and {@link Rule#HF} fill all.
   */
  private static final int TEMPORAL = 2;

  /** Whose rule. */
  enum Rule {
    /**
     * qwen-vl-utils 0.0.14, vision_process.py, {@code smart_nframes} and {@code
     * torch.linspace().round()}: an even number of frames, from the first to the last. {@code min}
     * is rounded up to an even number.
     */
    UTILS(EvenSpacing::torchLinspace, Math::rint),
    /**
     * transformers 5.23, models/qwen2_vl/video_processing_qwen2_vl.py, {@code sample_frames}, for
     * Qwen2-VL and Qwen2.5-VL: an even number of frames, each the first of an equal part.
     */
    HF(EvenSpacing::torchArange, Math::floor),
    /**
     * transformers 5.23, models/qwen3_vl/video_processing_qwen3_vl.py, {@code sample_frames}: any
     * number of frames, from the first to the last.
     */
    HF3(EvenSpacing::numpyLinspace, Math::rint);

    private final Spacing spacing;
    private final DoubleUnaryOperator rounding; // of a place to the frame there

    Rule(Spacing spacing, DoubleUnaryOperator rounding) {
      this.spacing = spacing;
      this.rounding = rounding;
    }
  }

  /** A method of {@link EvenSpacing}. */
  private interface Spacing {

    /** {@code [wanted]} places among so many frames. */
    double[] places(int frames, int wanted);
  }

  QwenSampler {
    if (min > max) {
      throw new IllegalArgumentException(
          "sampling 'qwen': min must be at most max; got min=%d,max=%d".formatted(min, max));
    }
  }

  static QwenSampler of(Spec spec) {
    return new QwenSampler(
        spec.word("rule", Rule.UTILS),
        Samplers.rate(spec, 2),
        spec.whole("min", 4, TEMPORAL, Samplers.MOST_FRAMES),
        spec.whole("max", 768, TEMPORAL, Samplers.MOST_FRAMES));
  }

  @Override
  public int maxFrames() {
    return max;
  }

  @Override
  public int[] choose(FrameTimes times) {
    int last = times.count() - 1;
    return Arrays.stream(rule.spacing.places(times.count(), wanted(times)))
        .mapToInt(place -> Math.min(last, (int) rule.rounding.applyAsDouble(place)))
        .toArray();
  }

  private int wanted(FrameTimes times) {
    int least = rule == Rule.UTILS ? min + min % TEMPORAL : min;
    int most = Math.min(max, times.count());
    double ofLength = times.count() / times.rate() * rate;
    int wanted = (int) Math.min(Math.max(ofLength, least), most);
    return rule == Rule.HF3 ? wanted : Math.max(1, wanted - wanted % TEMPORAL);
  }

  @Override
  public String toString() {
    return "%s:rule=%s,rate=%s,min=%d,max=%d"
        .formatted(NAME, Spec.print(rule), Spec.print(rate), min, max);
  }
}

package io.tokenreel.video;

import io.tokenreel.spec.Spec;

/**
 * {@code smart:factor=28,min=3136,max=12845056[,over=clip]}: a video keeps its shape, with both
 * sides a multiple of {@code factor} and its pixels between two bounds, by torchvision's bicubic.
 *
 * <p>Source: transformers, {@code smart_resize} of models/qwen2_vl/image_processing_qwen2_vl.py
 * ({@code over=frame}) and of models/qwen3_vl/video_processing_qwen3_vl.py ({@code over=clip}).
 * Sides are rounded half to even.
 *
 * @param factor pixels of a merged patch's side
 * @param min least pixels
 * @param max most pixels
 * @param over what the bounds are of
 */
public record SmartFit(int factor, int min, int max, Over over) implements FrameFit {

  static final String NAME = "smart";

  /** The reference refuses images whose sides differ by more than this. */
  private static final int MOST_RATIO = 200;

  /** Frames that make a temporal patch. */
  private static final int TEMPORAL = 2;

  private static final int MOST_FACTOR = 1024;

  /** What pixels are counted over. */
  public enum Over {
    /** Each frame by itself; Qwen2-VL and Qwen2.5-VL. */
    FRAME,
    /** All frames together, in whole temporal patches; Qwen3-VL. */
    CLIP
  }

  public SmartFit {
    if (factor < 1 || min < 1 || max < min) {
      throw new IllegalArgumentException(
          "fit 'smart': factor must be at least 1, and min from 1 to max; got factor=%d,min=%d,max=%d"
              .formatted(factor, min, max));
    }
  }

  static SmartFit of(Spec spec) {
    return new SmartFit(
        spec.whole("factor", 28, 1, MOST_FACTOR),
        spec.whole("min", 3136, 1, Integer.MAX_VALUE),
        spec.whole("max", 12_845_056, 1, Integer.MAX_VALUE),
        spec.word("over", Over.FRAME));
  }

  @Override
  public FrameSize size(FrameSize source, int frames) {
    int height = source.height();
    int width = source.width();
    if (over == Over.CLIP && Math.min(height, width) < factor) {
      double scale = Math.max((double) factor / height, (double) factor / width);
      height = (int) (source.height() * scale);
      width = (int) (source.width() * scale);
    }
    if (Math.max(height, width) > (long) MOST_RATIO * Math.min(height, width)) {
      throw new IllegalArgumentException(
          "a frame of %d x %d pixels has sides whose ratio is over %d, which the model does not take"
              .formatted(source.height(), source.width(), MOST_RATIO));
    }
    // A single frame fills its patch twice; the reference, whose rule this is, takes none.
    long counted = over == Over.CLIP ? Math.max(TEMPORAL, frames) : 1;
    long padded = over == Over.CLIP ? TEMPORAL * (long) Math.rint((double) counted / TEMPORAL) : 1;
    long high = (long) Math.rint((double) height / factor) * factor;
    long wide = (long) Math.rint((double) width / factor) * factor;
    double volume = (double) counted * height * width;
    if (padded * high * wide > max) {
      double shrink = Math.sqrt(volume / max);
      high = Math.max(factor, (long) Math.floor(height / shrink / factor) * factor);
      wide = Math.max(factor, (long) Math.floor(width / shrink / factor) * factor);
    } else if (padded * high * wide < min) {
      double grow = Math.sqrt(min / volume);
      high = (long) Math.ceil(height * grow / factor) * factor;
      wide = (long) Math.ceil(width * grow / factor) * factor;
    }
    return new FrameSize(Math.toIntExact(high), Math.toIntExact(wide));
  }

  /**
   * Shrunk frames have at most {@code max} pixels, but for a side that is raised to {@code factor};
   * grown ones have {@code min}, rounded up along both sides.
   */
  @Override
  public long mostPixels(int frames) {
    double narrow = (double) factor * factor * (MOST_RATIO + 1);
    double least = Math.sqrt(min);
    double grown = min + (double) factor * factor + factor * least * (Math.sqrt(MOST_RATIO) + 1);
    return (long) Math.max(max, Math.max(narrow, grown));
  }

  @Override
  public Resampling resampling() {
    return Resampling.TORCHVISION;
  }

  @Override
  public String toString() {
    return "%s:factor=%d,min=%d,max=%d,over=%s".formatted(NAME, factor, min, max, Spec.print(over));
  }
}

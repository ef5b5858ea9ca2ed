package io.tokenreel.video;

import java.io.Serializable;
import java.util.Objects;

/**
 * What a {@link VideoDecoder} does with every video.
 *
 * @param sampling which frames are wanted
 * @param fit the size they are resized to; the source's own size leaves the pixels as they are
 * @param check how much is decoded before a video may be called OK
 * @param limits what one video may cost
 */
public record DecoderSettings(
    SamplingSpec sampling, FrameFit fit, DecodeCheck check, DecodeLimits limits)
    implements Serializable {

  /** The longest array that every JVM allocates. */
  static final long MAX_ARRAY = Integer.MAX_VALUE - 8L;

  public DecoderSettings {
    Objects.requireNonNull(sampling, "sampling");
    Objects.requireNonNull(fit, "fit");
    Objects.requireNonNull(check, "check");
    Objects.requireNonNull(limits, "limits");
    if (fit instanceof FixedFit fixed) { // another fit's size is known with the video
      long bytes = (long) sampling.sampler().maxFrames() * fixed.size().rgbBytes();
      if (bytes > MAX_ARRAY) {
        throw new IllegalArgumentException(
            "%s at %d x %d pixels takes %d bytes per video; the most is %d: ask for fewer or smaller frames"
                .formatted(
                    sampling, fixed.size().height(), fixed.size().width(), bytes, MAX_ARRAY));
      }
    }
  }

  /** Frames of one size. */
  public DecoderSettings(
      SamplingSpec sampling, FrameSize size, DecodeCheck check, DecodeLimits limits) {
    this(sampling, new FixedFit(size), check, limits);
  }

  /**
   * Checks what one video's frames take.
   *
   * @throws IllegalArgumentException when they do not fit an array
   */
  public static void requireRoom(int frames, FrameSize size) {
    long bytes = 3L * size.height() * size.width() * frames;
    if (bytes > MAX_ARRAY) {
      throw new IllegalArgumentException(
          "%d frames of %d x %d pixels take %d bytes; the most is %d: sample fewer frames, or fit them to fewer pixels"
              .formatted(frames, size.height(), size.width(), bytes, MAX_ARRAY));
    }
  }
}

package io.tokenreel.video;

import java.io.Serializable;
import java.util.Objects;

/**
 * What a {@link VideoDecoder} does with every video.
 *
 * @param sampling which frames are wanted
 * @param frameSize the size they are resized to; the source's own size leaves the pixels as they
 *     are
 * @param check how much is decoded before a video may be called OK
 * @param limits what one video may cost
 */
public record DecoderSettings(
    SamplingSpec sampling, FrameSize frameSize, DecodeCheck check, DecodeLimits limits)
    implements Serializable {

  /** The longest array that every JVM allocates. */
  private static final long MAX_ARRAY = Integer.MAX_VALUE - 8L;

  public DecoderSettings {
    Objects.requireNonNull(sampling, "sampling");
    Objects.requireNonNull(frameSize, "frameSize");
    Objects.requireNonNull(check, "check");
    Objects.requireNonNull(limits, "limits");
    long bytes = (long) sampling.sampler().maxFrames() * frameSize.rgbBytes();
    if (bytes > MAX_ARRAY) {
      throw new IllegalArgumentException(
          "%s at %d x %d pixels takes %d bytes per video; the most is %d: ask for fewer or smaller frames"
              .formatted(sampling, frameSize.height(), frameSize.width(), bytes, MAX_ARRAY));
    }
  }
}

package io.tokenreel.video.ffmpeg;

import org.bytedeco.ffmpeg.avutil.AVRational;

/**
 * The frames per second of a whole stream, by which models' loaders reckon. It is FFmpeg's {@code
 * avg_frame_rate}: what decord's {@code get_avg_fps}, OpenCV's {@code CAP_PROP_FPS}, torchvision's
 * {@code video_fps} and PyAV's {@code average_rate} give. It is the container's word, so a stream
 * whose frames are not where the header has them keeps the header's rate.
 *
 * <p>Where the container has none, the loaders differ or fail. Then it is, the first that is known:
 *
 * <ol>
 *   <li>the mean over the presentation times, {@code (frames - 1) / (last - first)};
 *   <li>FFmpeg's {@code r_frame_rate}, the least rate that all times are multiples of, for a single
 *       frame or frames at one time;
 *   <li>{@value #UNKNOWN}, which transformers takes for a video of unknown rate
 *       (models/qwen3_vl/video_processing_qwen3_vl.py, {@code VideoMetadata.sampled_fps}).
 * </ol>
 */
final class AverageRate {

  /** Frames per second where nothing says how many. */
  static final double UNKNOWN = 24;

  private static final double MICROS_PER_SECOND = 1e6;

  private AverageRate() {}

  /**
   * By the rule above, in frames per second, finite and above 0.
   *
   * @param average {@code avg_frame_rate}; not above 0, or with a denominator of 0, where unknown
   * @param lowest {@code r_frame_rate}, likewise
   * @param frames that are presented, at least 1
   * @param spanMicros from the first of them to the last, at least 0
   */
  static double of(AVRational average, AVRational lowest, int frames, long spanMicros) {
    if (isKnown(average)) {
      return perSecond(average);
    }
    if (spanMicros > 0) {
      return (frames - 1) / (spanMicros / MICROS_PER_SECOND);
    }
    return isKnown(lowest) ? perSecond(lowest) : UNKNOWN;
  }

  private static boolean isKnown(AVRational rate) {
    return rate.num() > 0 && rate.den() > 0;
  }

  private static double perSecond(AVRational rate) {
    return (double) rate.num() / rate.den();
  }
}

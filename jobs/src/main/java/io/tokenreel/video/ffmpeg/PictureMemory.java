package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_PROP_INTRA_ONLY;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_descriptor_get;
import static org.bytedeco.ffmpeg.global.avutil.av_get_padded_bits_per_pixel;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;

import io.tokenreel.video.Reason;
import org.bytedeco.ffmpeg.avcodec.AVCodecDescriptor;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;

/**
 * How large a video's pictures may be for a decoder's memory to hold those that it must keep.
 * Without it the memory limit ends the process in mid-video, after time that more memory would have
 * saved.
 *
 * <p>A decoder keeps the pictures that others refer to, six at the largest size of an HEVC level,
 * and those that wait for their turn or are in hand; of a codec without references two. One more is
 * kept as RGB. HEVC of 3840 x 2160 to 7680 x 4320 pixels took 13 to 25 bytes per pixel, with 8 to
 * 10 bits.
 */
final class PictureMemory {

  /** The process without a picture. */
  private static final long BASE_BYTES = 80L << 20;

  private static final int PICTURES = 9;
  private static final int INTRA_PICTURES = 2;
  private static final int RGB_BYTES = 3;

  /** 8-bit 4:2:0, for a stream that does not say. */
  private static final int USUAL_BITS = 12;

  private static final int STEP_MEGABYTES = 64;

  private PictureMemory() {}

  /**
   * @param memoryMegabytes of the process
   * @throws DecodeFailure if the pictures take more
   */
  static void require(AVCodecParameters parameters, int memoryMegabytes) throws DecodeFailure {
    long pixels = (long) parameters.width() * parameters.height();
    double bytesPerPixel = bytesPerPixel(parameters);
    long limit = (long) ((((long) memoryMegabytes << 20) - BASE_BYTES) / bytesPerPixel);
    if (pixels > limit) {
      long needed = (long) (pixels * bytesPerPixel + BASE_BYTES) >> 20;
      throw new DecodeFailure(
          Reason.TOO_LARGE,
          "a frame of %d x %d pixels is over the limit of %d pixels that %d MB of decoder memory hold; raise it with --decode-memory %d or memoryMegabytes"
              .formatted(
                  parameters.width(),
                  parameters.height(),
                  limit,
                  memoryMegabytes,
                  (needed / STEP_MEGABYTES + 1) * STEP_MEGABYTES));
    }
  }

  private static double bytesPerPixel(AVCodecParameters parameters) {
    AVCodecDescriptor codec = avcodec_descriptor_get(parameters.codec_id());
    boolean intra = codec != null && (codec.props() & AV_CODEC_PROP_INTRA_ONLY) != 0;
    AVPixFmtDescriptor format = av_pix_fmt_desc_get(parameters.format());
    int bits = format == null ? USUAL_BITS : av_get_padded_bits_per_pixel(format);
    return bits / 8.0 * (intra ? INTRA_PICTURES : PICTURES) + RGB_BYTES;
  }
}

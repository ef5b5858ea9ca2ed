package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_default_get_buffer2;
import static org.bytedeco.ffmpeg.global.avutil.av_image_get_linesize;

import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avutil.AVBufferRef;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Marks the memory of each picture before FFmpeg's HEVC decoder writes it. A mark that is left
 * shows that no coded data brought that part of the picture. Where a slice is missing, or its data
 * ends early, the decoder gives the picture without an error or a flag, and what such a part shows
 * is left from another picture.
 *
 * <p>The marks lie in the first plane, one in each 16 bytes of every sixteenth row, so there is at
 * least one in each coding tree unit (ITU-T H.265: 16 x 16 samples and more), of which the decoder
 * writes all or nothing. That samples equal a mark by chance has a probability of 2^-64.
 *
 * <p>Other decoders are not for it: some paint onto the picture before, or never write a last row.
 */
final class MarkedPictures extends AVCodecContext.Get_buffer2_AVCodecContext_AVFrame_int {

  private static final long MARK = 0xb5c1_6f3a_92d4_087eL;

  /** Bytes from mark to mark. */
  private static final int STEP = 16;

  /** From mark to mark. */
  private static final int ROWS = 16;

  @Override
  public int call(AVCodecContext context, AVFrame frame, int flags) {
    int result = avcodec_default_get_buffer2(context, frame, flags);
    if (result >= 0) {
      ByteBuffer plane = plane(frame);
      int bytes = rowBytes(frame);
      for (int row = 0; row < frame.height(); row += ROWS) {
        int end = row * frame.linesize(0) + bytes;
        for (int at = end - bytes; at + Long.BYTES <= end; at += STEP) {
          plane.putLong(at, MARK);
        }
      }
    }
    return result;
  }

  /** Whether a part of a decoded picture was not written. */
  static boolean hasUnwritten(AVFrame frame) {
    ByteBuffer plane = plane(frame);
    int bytes = rowBytes(frame);
    for (int row = 0; row < frame.height(); row += ROWS) {
      int end = row * frame.linesize(0) + bytes;
      for (int at = end - bytes; at + Long.BYTES <= end; at += STEP) {
        if (plane.getLong(at) == MARK) {
          return true;
        }
      }
    }
    return false;
  }

  /** From the first row in memory, which is not that of the picture where it is cropped. */
  private static ByteBuffer plane(AVFrame frame) {
    AVBufferRef memory = frame.buf(0);
    // FFmpeg takes no picture of 2^31 bytes and more (av_image_check_size2).
    return memory.data().capacity(Math.toIntExact(memory.size())).asByteBuffer();
  }

  private static int rowBytes(AVFrame frame) {
    return av_image_get_linesize(frame.format(), frame.width(), 0);
  }
}

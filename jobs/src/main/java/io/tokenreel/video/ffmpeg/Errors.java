package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AVERROR_ENOMEM;
import static org.bytedeco.ffmpeg.global.avutil.AV_ERROR_MAX_STRING_SIZE;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import io.tokenreel.video.Reason;
import java.nio.charset.StandardCharsets;

/** FFmpeg's error codes in this project's terms. */
final class Errors {

  private Errors() {}

  static String text(int code) {
    byte[] text = new byte[AV_ERROR_MAX_STRING_SIZE];
    av_strerror(code, text, text.length);
    int end = 0;
    while (end < text.length && text[end] != 0) {
      end++;
    }
    return new String(text, 0, end, StandardCharsets.UTF_8);
  }

  static boolean isMemory(int code) {
    return code == AVERROR_ENOMEM();
  }

  static Reason reason(int code, Reason otherwise) {
    return isMemory(code) ? Reason.DECODER_MEMORY : otherwise;
  }

  /** Lets every error pass but a failed allocation, which is no fault of the stream's. */
  static void requireMemory(int code, String doing) throws DecodeFailure {
    if (isMemory(code)) {
      throw new DecodeFailure(Reason.DECODER_MEMORY, doing + ": " + text(code));
    }
  }

  /** For calls that fail only for want of memory or by a defect here. */
  static int check(int code, String doing) throws DecodeFailure {
    requireMemory(code, doing);
    if (code < 0) {
      throw new IllegalStateException(doing + ": " + text(code));
    }
    return code;
  }
}

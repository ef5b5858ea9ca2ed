package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_ERROR;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.setLogCallback;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.ffmpeg.avutil.LogCallback;
import org.bytedeco.javacpp.BytePointer;

/**
 * Counts the error lines that FFmpeg logs, because some damage is logged and neither returned nor
 * flagged on the frame. One per process; decoding is single-threaded, so a line that appears during
 * a call belongs to that call.
 */
final class FfmpegLog extends LogCallback {

  private static final int MAX_LINE = 300;

  /** Of the part that logs, in this process; outcomes must not differ between runs. */
  private static final Pattern ADDRESS = Pattern.compile(" @ 0x[0-9a-f]+");

  private static final Pattern SIZE = Pattern.compile("\\b(\\d{1,6})x(\\d{1,6})\\b");

  /** Kept referenced: FFmpeg holds only a native pointer to it. */
  private static final FfmpegLog INSTANCE = new FfmpegLog();

  private final Map<String, Long> errorsByPart = new HashMap<>();
  private long errors;
  private String last = "";
  private boolean streamsRefused;

  private FfmpegLog() {}

  /** Starts counting, on the first call. */
  static FfmpegLog install() {
    av_log_set_level(AV_LOG_ERROR);
    setLogCallback(INSTANCE);
    return INSTANCE;
  }

  @Override
  public synchronized void call(int level, BytePointer message) {
    if (level > AV_LOG_ERROR) {
      return;
    }
    String line = message.getString().strip();
    if (!line.isEmpty()) {
      errors++;
      streamsRefused |= line.contains("max_streams");
      errorsByPart.merge(part(line), 1L, Long::sum);
      String sameEachTime = ADDRESS.matcher(line).replaceAll("");
      last = sameEachTime.substring(0, Math.min(sameEachTime.length(), MAX_LINE));
    }
  }

  /** Takes what was found without FFmpeg's saying so as the latest line; it is not counted. */
  synchronized void remark(String line) {
    last = line;
  }

  synchronized long errors() {
    return errors;
  }

  /**
   * Those of one part, as the line names it in "[part @ address]": a demuxer's errors say something
   * of the video, those of a parser that looks at another stream do not.
   */
  synchronized long errorsOf(String part) {
    return errorsByPart.getOrDefault(part, 0L);
  }

  private static String part(String line) {
    int at = line.indexOf(" @ ");
    return line.startsWith("[") && at > 0 ? line.substring(1, at) : "";
  }

  /**
   * The pixels of the first picture size, such as 640x480, that a line tells; 0 when it has none.
   */
  static long pixels(String line) {
    Matcher size = SIZE.matcher(line);
    return size.find() ? Long.parseLong(size.group(1)) * Long.parseLong(size.group(2)) : 0;
  }

  /** Whether a demuxer found more streams than it may, which it returns as a want of memory. */
  synchronized boolean streamsRefused() {
    return streamsRefused;
  }

  /** The latest error line without addresses, or an empty string. */
  synchronized String last() {
    return last;
  }

  /** Starts over; nothing that was counted or said before is kept. */
  synchronized void clear() {
    errors = 0;
    streamsRefused = false;
    errorsByPart.clear();
    last = "";
  }
}

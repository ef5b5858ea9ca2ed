package io.tokenreel.video.ffmpeg;

import io.tokenreel.video.VideoFormat;
import java.util.List;

/** What an untrusted file may make FFmpeg run: the formats and codecs of {@link VideoFormat}. */
final class AllowList {

  /** Decoders; every one of them is for video, so that no other stream is ever decoded. */
  static final List<String> CODECS = VideoFormat.allDecoders();

  /** What a video that is a whole file may open. */
  static final String FILE = "file";

  /** As {@link #FILE}, for the part of a file up to a byte, see {@link FlvExtent}. */
  static final String PART_OF_A_FILE = "file,subfile";

  private AllowList() {}

  static String formats() {
    return String.join(",", VideoFormat.allDemuxers());
  }

  static String codecs() {
    return String.join(",", CODECS);
  }
}

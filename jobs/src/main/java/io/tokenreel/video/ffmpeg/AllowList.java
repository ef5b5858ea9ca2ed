package io.tokenreel.video.ffmpeg;

import io.tokenreel.video.VideoFormat;
import java.util.List;

/** What an untrusted file may make FFmpeg run: the formats and codecs of {@link VideoFormat}. */
final class AllowList {

  /** Decoders; every one of them is for video, so that no other stream is ever decoded. */
  static final List<String> CODECS = VideoFormat.allDecoders();

  /** The second is the first up to a byte that this project names, see {@link FlvExtent}. */
  static final String PROTOCOLS = "file,subfile";

  private AllowList() {}

  static String formats() {
    return String.join(",", VideoFormat.allDemuxers());
  }

  static String codecs() {
    return String.join(",", CODECS);
  }
}

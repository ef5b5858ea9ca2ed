package io.tokenreel.video.ffmpeg;

import java.util.List;

/**
 * What an untrusted file may make FFmpeg run. Playlist formats are out because they open other
 * files, and MagicYUV because FFmpeg 8.0.1 has a known hole in it.
 */
final class AllowList {

  /** Demuxers, by any of their names. */
  static final List<String> FORMATS =
      List.of(
          "mov",
          "mp4",
          "matroska",
          "webm",
          "avi",
          "mpegts",
          "mpeg",
          "flv",
          "ivf",
          "ogg",
          "asf",
          "h264",
          "hevc",
          "obu",
          "mpegvideo");

  /** Decoders; every one of them is for video, so that no other stream is ever decoded. */
  static final List<String> CODECS =
      List.of(
          "h264",
          "hevc",
          "vp8",
          "vp9",
          "libaom-av1",
          "mpeg1video",
          "mpeg2video",
          "mpeg4",
          "h263",
          "mjpeg",
          "prores",
          "dnxhd",
          "theora",
          "vc1",
          "wmv3",
          "ffv1");

  static final String PROTOCOLS = "file";

  private AllowList() {}

  static String formats() {
    return String.join(",", FORMATS);
  }

  static String codecs() {
    return String.join(",", CODECS);
  }
}

package io.tokenreel.video;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The containers that are taken, each with the endings that a folder is walked for and the codecs
 * that are usual in it. FFmpeg's allow-lists are the unions of these, so a codec is decoded in any
 * of the containers.
 *
 * <p>What is here is what corpora of real videos hold, is read from one file, and has a demuxer and
 * decoders inside FFmpeg that OSS-Fuzz runs one by one ({@code tools/target_dec_fuzzer.c} and
 * {@code target_dem_fuzzer.c}) and that players open by default. Not here are:
 *
 * <ul>
 *   <li>playlists and manifests (HLS, DASH, concat, SDP, IMF, VobSub), because they name other
 *       files,
 *   <li>single pictures, whose demuxers read numbered files (those that end in {@code _pipe} do
 *       not), and JPEG 2000 and OpenEXR with them,
 *   <li>formats of games, screen recorders and devices that corpora hardly have: their decoders are
 *       the least read and the most often at fault,
 *   <li>MagicYUV, in which FFmpeg 8.0.1 has a known hole.
 * </ul>
 */
public enum VideoFormat {
  MP4(
      "MP4, QuickTime, 3GP",
      List.of("mov"),
      List.of("mp4", "m4v", "mov", "qt", "3gp", "3g2", "f4v"),
      List.of(
          "h264",
          "hevc",
          "libaom-av1",
          "vp9",
          "mpeg4",
          "h263",
          "mjpeg",
          "mjpegb",
          "prores",
          "dnxhd",
          "cfhd",
          "svq1",
          "svq3",
          "cinepak",
          "qtrle",
          "png",
          "rawvideo",
          "v210")),
  MATROSKA(
      "Matroska, WebM",
      List.of("matroska"),
      List.of("mkv", "webm"),
      List.of("h264", "hevc", "libaom-av1", "vp8", "vp9", "mpeg4", "ffv1", "theora")),
  AVI(
      "AVI",
      List.of("avi"),
      List.of("avi", "divx"),
      List.of(
          "mpeg4",
          "msmpeg4v1",
          "msmpeg4v2",
          "msmpeg4",
          "mjpeg",
          "dvvideo",
          "huffyuv",
          "ffvhuff",
          "ffv1",
          "utvideo",
          "cinepak",
          "msvideo1",
          "msrle",
          "rawvideo")),
  MPEG_TS(
      "MPEG transport stream",
      List.of("mpegts"),
      List.of("ts", "m2t", "m2ts", "mts"),
      List.of("h264", "hevc", "mpeg2video", "mpeg1video", "mpeg4", "vc1")),
  MPEG_PS(
      "MPEG program stream",
      List.of("mpeg"),
      List.of("mpg", "mpeg", "vob"),
      List.of("mpeg1video", "mpeg2video", "h264", "vc1")),
  FLV(
      "Flash video",
      List.of("flv"),
      List.of("flv"),
      List.of("h264", "flv", "vp6f", "vp6a", "mpeg4")),
  ASF(
      "Windows Media",
      List.of("asf"),
      List.of("wmv", "asf"),
      List.of("wmv1", "wmv2", "wmv3", "vc1", "msmpeg4", "mpeg4", "mjpeg")),
  OGG("Ogg", List.of("ogg"), List.of("ogv", "ogm"), List.of("theora", "vp8", "mpeg4")),
  MXF(
      "MXF",
      List.of("mxf"),
      List.of("mxf"),
      List.of("mpeg2video", "dnxhd", "prores", "h264", "dvvideo", "v210")),
  DV("DV", List.of("dv"), List.of("dv"), List.of("dvvideo")),
  GIF("GIF", List.of("gif"), List.of("gif"), List.of("gif")),
  APNG("Animated PNG", List.of("apng"), List.of("apng"), List.of("apng")),
  IVF("IVF", List.of("ivf"), List.of("ivf"), List.of("vp8", "vp9", "libaom-av1")),
  Y4M("YUV4MPEG2", List.of("yuv4mpegpipe"), List.of("y4m"), List.of("rawvideo")),
  H264("raw H.264", List.of("h264"), List.of("h264", "264", "avc"), List.of("h264")),
  HEVC("raw HEVC", List.of("hevc"), List.of("hevc", "h265", "265"), List.of("hevc")),
  AV1("raw AV1", List.of("obu", "av1"), List.of("obu"), List.of("libaom-av1")),
  MPEG_VIDEO(
      "raw MPEG-1, MPEG-2 or MPEG-4 part 2",
      List.of("mpegvideo", "m4v"),
      List.of("m1v", "m2v"),
      List.of("mpeg1video", "mpeg2video", "mpeg4")),
  MJPEG(
      "raw Motion JPEG", List.of("mjpeg", "jpeg_pipe"), List.of("mjpeg", "mjpg"), List.of("mjpeg"));

  private final String title;
  private final List<String> demuxers;
  private final List<String> endings;
  private final List<String> decoders;

  VideoFormat(String title, List<String> demuxers, List<String> endings, List<String> decoders) {
    this.title = title;
    this.demuxers = demuxers;
    this.endings = endings;
    this.decoders = decoders;
  }

  /** For a person. */
  public String title() {
    return title;
  }

  /** FFmpeg's names of the demuxers that read it. */
  public List<String> demuxers() {
    return demuxers;
  }

  /** What names of such files end in, lower case and without the dot. */
  public List<String> endings() {
    return endings;
  }

  /** FFmpeg's names of the decoders of the video that is usual in it. */
  public List<String> decoders() {
    return decoders;
  }

  /** The endings that a folder is walked for, each once. */
  public static List<String> allEndings() {
    return Arrays.stream(values()).flatMap(format -> format.endings.stream()).distinct().toList();
  }

  /** All demuxers that may run. */
  public static List<String> allDemuxers() {
    return Arrays.stream(values()).flatMap(format -> format.demuxers.stream()).distinct().toList();
  }

  /** All decoders that may run; every one of them is for video. */
  public static List<String> allDecoders() {
    return Arrays.stream(values()).flatMap(format -> format.decoders.stream()).distinct().toList();
  }

  /** For a person: how a video that is not taken becomes one that is. */
  public static String conversion() {
    return "convert it first, with a copy of FFmpeg that reads it: ffmpeg -i FILE -map 0:v:0 -c:v"
        + " libx264 -crf 16 -pix_fmt yuv420p FILE.mp4";
  }

  /** The table of docs/formats.md. */
  public static String markdown() {
    StringBuilder table =
        new StringBuilder(
            "| format | endings | FFmpeg's demuxer | video codecs |\n|---|---|---|---|\n");
    Stream.of(values())
        .map(
            format ->
                "| %s | %s | %s | %s |\n"
                    .formatted(
                        format.title,
                        code(format.endings),
                        code(format.demuxers),
                        code(format.decoders)))
        .forEach(table::append);
    return table.toString();
  }

  private static String code(List<String> names) {
    return "`" + String.join("`, `", names) + "`";
  }
}

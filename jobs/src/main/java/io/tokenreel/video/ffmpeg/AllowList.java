package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AV1;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder_by_name;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;

import io.tokenreel.video.OwnFfmpeg;
import io.tokenreel.video.VideoFormat;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.ffmpeg.avcodec.AVCodec;

/** What an untrusted file may make FFmpeg run: the formats and codecs of {@link VideoFormat}. */
final class AllowList {

  /** What decodes AV1 in an {@link OwnFfmpeg}; the build in the jar does not have it. */
  private static final String DAV1D = "libdav1d";

  /** What decodes AV1 in the jar's. */
  private static final String AOM = "libaom-av1";

  /** Decoders; every one of them is for video, so that no other stream is ever decoded. */
  static final List<String> CODECS =
      Stream.concat(VideoFormat.allDecoders().stream(), Stream.of(DAV1D)).toList();

  /** What a video that is a whole file may open. */
  static final String FILE = "file";

  /** As {@link #FILE}, for the part of a file up to a byte, see {@link FlvExtent}. */
  static final String PART_OF_A_FILE = "file,subfile";

  private AllowList() {}

  /** Of {@link VideoFormat}'s decoders and demuxers those that the FFmpeg here cannot serve for. */
  static List<String> missing() {
    return Stream.concat(
            VideoFormat.allDecoders().stream().filter(name -> !isFirst(name)),
            VideoFormat.allDemuxers().stream().filter(name -> av_find_input_format(name) == null))
        .toList();
  }

  /** Whether the decoder that FFmpeg takes for its codec is on the list. */
  private static boolean isFirst(String name) {
    AVCodec named = avcodec_find_decoder_by_name(name);
    if (named == null && !name.equals(AOM)) {
      return false;
    }
    AVCodec first = avcodec_find_decoder(named == null ? AV_CODEC_ID_AV1 : named.id());
    return first != null && CODECS.contains(first.name().getString());
  }

  static String formats() {
    return String.join(",", VideoFormat.allDemuxers());
  }

  static String codecs() {
    return String.join(",", CODECS);
  }
}

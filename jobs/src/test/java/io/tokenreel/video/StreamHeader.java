package io.tokenreel.video;

import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.PointerPointer;

/**
 * What a file says of one of its streams.
 *
 * @param cover whether it is a picture attached to the file
 * @param best whether FFmpeg takes it for the video when nobody tells it of covers
 * @param pixelWidth of a pixel {@code pixelHeight} high; 0 when the file does not say
 */
record StreamHeader(FrameSize size, boolean cover, boolean best, int pixelWidth, int pixelHeight) {

  /** Of every stream, in the file's order. */
  static List<StreamHeader> read(Path file) throws IOException {
    AVFormatContext format = avformat_alloc_context();
    if (avformat_open_input(format, file.toString(), null, (AVDictionary) null) < 0) {
      throw new IOException(file + " cannot be opened");
    }
    try {
      avformat_find_stream_info(format, (PointerPointer<?>) null);
      int best = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0);
      List<StreamHeader> headers = new ArrayList<>();
      for (int i = 0; i < format.nb_streams(); i++) {
        headers.add(of(format.streams(i), i == best));
      }
      return headers;
    } finally {
      avformat_close_input(format);
    }
  }

  private static StreamHeader of(AVStream stream, boolean best) {
    return new StreamHeader(
        new FrameSize(stream.codecpar().height(), stream.codecpar().width()),
        (stream.disposition() & AV_DISPOSITION_ATTACHED_PIC) != 0,
        best,
        stream.sample_aspect_ratio().num(),
        stream.sample_aspect_ratio().den());
  }
}

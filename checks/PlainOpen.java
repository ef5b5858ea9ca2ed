import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_network_init;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Reads a video as any program does that gives FFmpeg no list of what is allowed:
 *
 * <pre>java -cp tokenreel.jar PlainOpen.java FILE DEMUXER|any [OPTION=VALUE ...]</pre>
 */
public class PlainOpen {

  public static void main(String[] arguments) {
    AVInputFormat demuxer =
        arguments[1].equals("any") ? null : av_find_input_format(arguments[1]);
    AVDictionary options = new AVDictionary(null);
    for (int i = 2; i < arguments.length; i++) {
      String[] option = arguments[i].split("=", 2);
      av_dict_set(options, option[0], option[1], 0);
    }
    avformat_network_init();
    AVFormatContext video = avformat_alloc_context();
    int opened = avformat_open_input(video, arguments[0], demuxer, options);
    System.out.println("opened: " + opened);
    if (opened >= 0) {
      avformat_find_stream_info(video, (PointerPointer<?>) null);
      AVPacket packet = av_packet_alloc();
      System.out.println("read: " + av_read_frame(video, packet));
    }
  }
}

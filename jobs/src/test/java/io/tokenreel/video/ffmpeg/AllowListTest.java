package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder_by_name;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.tokenreel.video.VideoFormat;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.junit.jupiter.api.Test;

/** What the list names is in the build of FFmpeg, so that nothing is promised that is not there. */
class AllowListTest {

  @Test
  void formats_areDemuxersOfThisBuild() {
    for (String name : VideoFormat.allDemuxers()) {
      assertNotNull(av_find_input_format(name), name);
    }
  }

  /** A codec's first decoder is the one that is taken, and the one that is looked up. */
  @Test
  void codecs_areTheFirstDecodersOfTheirVideos() {
    for (String name : VideoFormat.allDecoders()) {
      AVCodec codec = avcodec_find_decoder_by_name(name);
      assertNotNull(codec, name);
      assertEquals(AVMEDIA_TYPE_VIDEO, codec.type(), name);
      assertEquals(name, avcodec_find_decoder(codec.id()).name().getString());
    }
  }
}

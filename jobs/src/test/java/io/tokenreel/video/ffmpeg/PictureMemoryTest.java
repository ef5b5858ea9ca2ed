package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_HEVC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PRORES;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_free;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_NONE;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P10;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV422P10;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.video.Reason;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.junit.jupiter.api.Test;

class PictureMemoryTest {

  private static void require(int codec, int format, int width, int height, int megabytes)
      throws DecodeFailure {
    AVCodecParameters parameters = avcodec_parameters_alloc();
    try {
      parameters.codec_type(AVMEDIA_TYPE_VIDEO).codec_id(codec).format(format);
      PictureMemory.require(parameters.width(width).height(height), megabytes);
    } finally {
      avcodec_parameters_free(parameters);
    }
  }

  @Test
  void require_whatTheDefaultHolds_passes() {
    assertDoesNotThrow(() -> require(AV_CODEC_ID_HEVC, AV_PIX_FMT_YUV420P, 6400, 4096, 512));
    assertDoesNotThrow(() -> require(AV_CODEC_ID_HEVC, AV_PIX_FMT_YUV420P10, 4096, 2304, 512));
    assertDoesNotThrow(() -> require(AV_CODEC_ID_HEVC, AV_PIX_FMT_NONE, 4096, 2304, 512));
    assertDoesNotThrow(() -> require(AV_CODEC_ID_PRORES, AV_PIX_FMT_YUV422P10, 7680, 4320, 512));
  }

  @Test
  void require_moreThanTheMemoryHolds_namesTheOptionAndHowMuch() {
    DecodeFailure refused =
        assertThrows(
            DecodeFailure.class,
            () -> require(AV_CODEC_ID_HEVC, AV_PIX_FMT_YUV420P, 7680, 4320, 512));
    assertEquals(Reason.TOO_LARGE, refused.reason());
    assertTrue(refused.getMessage().contains("--decode-memory 640"), refused.getMessage());
    assertDoesNotThrow(() -> require(AV_CODEC_ID_HEVC, AV_PIX_FMT_YUV420P, 7680, 4320, 640));
  }
}

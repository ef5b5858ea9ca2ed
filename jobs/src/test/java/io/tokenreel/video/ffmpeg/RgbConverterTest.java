package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_MPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT2020_CL;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT2020_NCL;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_ICTCP;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_RGB;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_SMPTE170M;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_UNSPECIFIED;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_YCGCO;
import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_GBRP;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_GRAY8;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P10;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV444P;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_new_side_data;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.video.FixedFit;
import io.tokenreel.video.FrameSize;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RgbConverterTest {

  private static final int[] COLOUR = {200, 60, 120};

  /** Kr and Kb of the matrices: 170M and 709 and 2020 of the standards by these names. */
  @ParameterizedTest
  @CsvSource({
    "SD,  0.299,  0.114,  8, limited",
    "SD,  0.299,  0.114,  8, full",
    "HD,  0.2126, 0.0722, 8, limited",
    "HD,  0.2126, 0.0722, 8, full",
    "UHD, 0.2627, 0.0593, 10, limited",
    "unspecified at 480 lines, 0.299, 0.114, 8, limited",
    "unspecified at 720 lines, 0.2126, 0.0722, 8, limited"
  })
  void convert_flatColour_usesThePicturesMatrixAndRange(
      String matrix, double kr, double kb, int bits, String range) throws DecodeFailure {
    boolean full = range.equals("full");
    int height = matrix.endsWith("720 lines") ? 720 : 480;
    AVFrame frame = av_frame_alloc();
    frame.width(64).height(height).format(bits == 8 ? AV_PIX_FMT_YUV420P : AV_PIX_FMT_YUV420P10);
    frame.colorspace(space(matrix)).color_range(full ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG);
    av_frame_get_buffer(frame, 0);
    fill(frame, kr, kb, bits, full);
    FrameSize size = new FrameSize(4, 4);
    try (RgbConverter converter = new RgbConverter(new FixedFit(size))) {
      byte[] rgb = converter.convert(frame);
      for (int i = 0; i < rgb.length; i++) {
        assertEquals(COLOUR[i % 3], rgb[i] & 0xff, 3, matrix + " " + range + ", channel " + i % 3);
      }
    } finally {
      av_frame_free(frame);
    }
  }

  /** As libdav1d gives an identity matrix, and libaom and the decoder of H.264 by the format. */
  @Test
  void convert_planesThatTheMatrixAloneSaysAreRgb_areTakenAsSuch() throws DecodeFailure {
    AVFrame frame = av_frame_alloc();
    frame.width(64).height(64).format(AV_PIX_FMT_YUV444P).colorspace(AVCOL_SPC_RGB);
    av_frame_get_buffer(frame, 0);
    int[] greenBlueRed = {200, 30, 120};
    for (int plane = 0; plane < greenBlueRed.length; plane++) {
      BytePointer data = frame.data(plane);
      for (int at = 0; at < 64 * frame.linesize(plane); at++) {
        data.put(at, (byte) greenBlueRed[plane]);
      }
    }
    try (RgbConverter converter = new RgbConverter(new FixedFit(new FrameSize(4, 4)))) {
      byte[] rgb = converter.convert(frame);
      assertEquals(120, rgb[0] & 0xff);
      assertEquals(200, rgb[1] & 0xff);
      assertEquals(30, rgb[2] & 0xff);
    } finally {
      av_frame_free(frame);
    }
  }

  @Test
  void convert_matrixThatIsNotKnown_isRefusedByItsName() throws DecodeFailure {
    FrameSize size = new FrameSize(4, 4);
    Map<Integer, String> names =
        Map.of(
            AVCOL_SPC_YCGCO, "'ycgco'",
            AVCOL_SPC_ICTCP, "'ictcp'",
            AVCOL_SPC_BT2020_CL, "'bt2020c'");
    for (int space : names.keySet()) {
      for (int format : new int[] {AV_PIX_FMT_YUV444P, AV_PIX_FMT_GBRP, AV_PIX_FMT_GRAY8}) {
        AVFrame frame = av_frame_alloc();
        frame.width(64).height(64).format(format).colorspace(space);
        av_frame_get_buffer(frame, 0);
        try (RgbConverter converter = new RgbConverter(new FixedFit(size))) {
          if (format == AV_PIX_FMT_YUV444P) {
            String name = names.get(space);
            DecodeFailure refused =
                assertThrows(DecodeFailure.class, () -> converter.convert(frame));
            assertTrue(refused.getMessage().contains(name), refused.getMessage());
          } else {
            assertEquals(size.rgbBytes(), converter.convert(frame).length);
          }
        } finally {
          av_frame_free(frame);
        }
      }
    }
  }

  private static int space(String matrix) {
    return switch (matrix) {
      case "SD" -> AVCOL_SPC_SMPTE170M;
      case "HD" -> AVCOL_SPC_BT709;
      case "UHD" -> AVCOL_SPC_BT2020_NCL;
      default -> AVCOL_SPC_UNSPECIFIED;
    };
  }

  private static void fill(AVFrame frame, double kr, double kb, int bits, boolean full) {
    double luma = kr * COLOUR[0] + (1 - kr - kb) * COLOUR[1] + kb * COLOUR[2];
    double[] signal = {
      luma, (COLOUR[2] - luma) / (2 * (1 - kb)), (COLOUR[0] - luma) / (2 * (1 - kr))
    };
    for (int plane = 0; plane < 3; plane++) {
      double scale = full ? 1 : (plane == 0 ? 219 : 224) / 255.0;
      double offset = plane > 0 ? 128 : full ? 0 : 16;
      long value = Math.round((signal[plane] * scale + offset) * (1 << (bits - 8)));
      int rows = plane == 0 ? frame.height() : frame.height() / 2;
      ByteBuffer bytes =
          frame
              .data(plane)
              .capacity((long) frame.linesize(plane) * rows)
              .asByteBuffer()
              .order(ByteOrder.LITTLE_ENDIAN);
      while (bytes.hasRemaining()) {
        if (bits == 8) {
          bytes.put((byte) value);
        } else {
          bytes.putShort((short) value);
        }
      }
    }
  }

  /** The matrices a, b, c, d and where the pixels 1 to 6 of a 3 x 2 picture then stand. */
  @ParameterizedTest
  @CsvSource({
    "1, 0, 0, 1, 3, 1 2 3 4 5 6",
    "-1, 0, 0, 1, 3, 3 2 1 6 5 4",
    "1, 0, 0, -1, 3, 4 5 6 1 2 3",
    "-1, 0, 0, -1, 3, 6 5 4 3 2 1",
    "0, 1, -1, 0, 2, 4 1 5 2 6 3",
    "0, -1, 1, 0, 2, 3 6 2 5 1 4",
    "0, 1, 1, 0, 2, 1 4 2 5 3 6",
    "0, -1, -1, 0, 2, 6 3 5 2 4 1"
  })
  void convert_displayMatrix_turnsThePictureUpright(
      int a, int b, int c, int d, int width, String pixels) throws DecodeFailure {
    AVFrame frame = av_frame_alloc();
    frame.width(3).height(2).format(AV_PIX_FMT_RGB24);
    av_frame_get_buffer(frame, 0);
    for (int i = 0; i < 6; i++) {
      for (int channel = 0; channel < 3; channel++) {
        int at = i / 3 * frame.linesize(0) + i % 3 * 3 + channel;
        frame.data(0).put(at, (byte) (10 * (i + 1)));
      }
    }
    ByteBuffer matrix =
        av_frame_new_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX, 36)
            .data()
            .capacity(36)
            .asByteBuffer()
            .order(ByteOrder.nativeOrder());
    for (int value : new int[] {a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30}) {
      matrix.putInt(value);
    }
    try (RgbConverter converter = new RgbConverter(new FixedFit(new FrameSize(6 / width, width)))) {
      byte[] rgb = converter.convert(frame);
      String[] expected = pixels.split(" ");
      int[] actual = new int[6];
      int[] wanted = new int[6];
      for (int i = 0; i < 6; i++) {
        actual[i] = (rgb[3 * i] & 0xff) / 10;
        wanted[i] = Integer.parseInt(expected[i]);
      }
      assertArrayEquals(wanted, actual);
    } finally {
      av_frame_free(frame);
    }
  }

  /** The converter writes blocks of pixels: the last one of a row may be a part of one. */
  @Test
  void convert_anyWidth_writesEveryColumn() throws DecodeFailure {
    for (int width = 2; width <= 300; width += 2) {
      AVFrame frame = av_frame_alloc();
      frame.width(width).height(16).format(AV_PIX_FMT_YUV420P);
      av_frame_get_buffer(frame, 0);
      fill(frame, 0.299, 0.114, 8, false);
      try (RgbConverter converter = new RgbConverter(new FixedFit(new FrameSize(16, width)))) {
        byte[] rgb = converter.convert(frame);
        for (int i = 0; i < rgb.length; i++) {
          assertEquals(
              COLOUR[i % 3], rgb[i] & 0xff, 3, "width " + width + ", column " + i / 3 % width);
        }
      } finally {
        av_frame_free(frame);
      }
    }
  }

  @Test
  void convert_changedSizeInMidStream_givesTheSameTarget() throws DecodeFailure {
    FrameSize target = new FrameSize(8, 8);
    try (RgbConverter converter = new RgbConverter(new FixedFit(target))) {
      for (int side : new int[] {16, 48, 32}) {
        AVFrame frame = av_frame_alloc();
        frame.width(side).height(side).format(AV_PIX_FMT_YUV420P);
        av_frame_get_buffer(frame, 0);
        fill(frame, 0.299, 0.114, 8, false);
        byte[] rgb = converter.convert(frame);
        av_frame_free(frame);
        assertEquals(target.rgbBytes(), rgb.length);
        assertEquals(COLOUR[0], rgb[0] & 0xff, 3, "side " + side);
      }
    }
  }
}

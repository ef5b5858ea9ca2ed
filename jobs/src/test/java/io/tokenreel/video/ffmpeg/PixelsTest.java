package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_NONE;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_get_pix_fmt;
import static org.bytedeco.ffmpeg.global.avutil.av_image_copy;
import static org.bytedeco.ffmpeg.global.avutil.av_image_fill_arrays;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.video.FixedFit;
import io.tokenreel.video.FrameSize;
import io.tokenreel.video.TestClips;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pictures become the very pixels that PyAV 15 and FFmpeg up to 7.1 agree on; make_pixels.py beside
 * them says how they were made.
 */
class PixelsTest {

  /**
   * How far a level may be off where means of chroma are rounded once more: at an odd width, whose
   * columns are interpolated too, and from 16 bits, which leave none for a mean.
   */
  private static final Map<String, Integer> ROUNDED =
      Map.of("yuv420p_35x27", 1, "yuv420p16le_34x26", 3);

  static List<Path> pictures() throws IOException {
    try (var files = Files.list(TestClips.resource("/pixels/make_pixels.py").getParent())) {
      return files.filter(file -> file.toString().endsWith(".raw")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void convert_pixelFormat_givesTheReferencesPixels(Path picture) throws Exception {
    String name = picture.getFileName().toString().replace(".raw", "");
    String[] parts = name.split("[_x]");
    int width = Integer.parseInt(parts[1]);
    int height = Integer.parseInt(parts[2]);
    byte[] expected = Files.readAllBytes(picture.resolveSibling(name + ".rgb"));
    AVFrame frame = frame(parts[0], width, height, Files.readAllBytes(picture));
    try (RgbConverter converter = new RgbConverter(new FixedFit(new FrameSize(height, width)))) {
      byte[] rgb = converter.convert(frame);
      assertEquals(expected.length, rgb.length);
      int greatest = 0;
      for (int i = 0; i < rgb.length; i++) {
        greatest = Math.max(greatest, Math.abs((rgb[i] & 0xff) - (expected[i] & 0xff)));
      }
      assertTrue(greatest <= ROUNDED.getOrDefault(name, 0), "off by " + greatest);
    } finally {
      av_frame_free(frame);
    }
  }

  @Test
  void decode_hevcOf10Bits_givesTheReferencesPixels() throws Exception {
    FrameSize size = new FrameSize(120, 160);
    Path clip = TestClips.clip("hevc_10_bits.mp4");
    byte[] expected = Files.readAllBytes(TestClips.resource("/pixels/hevc_10_bits_160x120.first"));
    assertArrayEquals(expected, SequentialReference.decode(clip, size).get(0));
  }

  private static AVFrame frame(String format, int width, int height, byte[] raw) {
    int pixels = av_get_pix_fmt(format);
    assertTrue(pixels != AV_PIX_FMT_NONE, format);
    AVFrame frame = av_frame_alloc().width(width).height(height).format(pixels);
    av_frame_get_buffer(frame, 0);
    try (BytePointer bytes = new BytePointer(raw);
        PointerPointer<BytePointer> planes = new PointerPointer<>(4);
        IntPointer strides = new IntPointer(4)) {
      av_image_fill_arrays(planes, strides, bytes, pixels, width, height, 1);
      av_image_copy(frame.data(), frame.linesize(), planes, strides, pixels, width, height);
    }
    return frame;
  }
}

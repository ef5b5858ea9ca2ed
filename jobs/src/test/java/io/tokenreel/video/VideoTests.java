package io.tokenreel.video;

import io.tokenreel.testing.Fixtures;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;

/** What the video tests share. */
final class VideoTests {

  static final Path VIDEOS = Fixtures.VIDEOS;
  static final FrameSize SMALL = new FrameSize(48, 48);

  private VideoTests() {}

  static DecoderSettings settings(String sampling, FrameSize size, DecodeCheck check) {
    return new DecoderSettings(SamplingSpec.parse(sampling), size, check, DecodeLimits.DEFAULT);
  }

  static VideoDecoder decoder(String sampling, FrameSize size, DecodeCheck check) {
    return new VideoDecoder(settings(sampling, size, check), new Configuration(false));
  }

  static VideoRef ref(Path file) {
    return new VideoRef(file.getFileName().toString(), file.toAbsolutePath().toString(), -1);
  }

  /** One frame, {@code [height][width][3]}. */
  static byte[] frame(Frames frames, int index) {
    int bytes = frames.size().rgbBytes();
    return Arrays.copyOfRange(frames.rgb(), index * bytes, (index + 1) * bytes);
  }

  /** The mean absolute difference in levels. */
  static double meanDifference(byte[] left, byte[] right) {
    long sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += Math.abs((left[i] & 0xff) - (right[i] & 0xff));
    }
    return (double) sum / left.length;
  }

  static int greatestDifference(byte[] left, byte[] right) {
    int greatest = 0;
    for (int i = 0; i < left.length; i++) {
      greatest = Math.max(greatest, Math.abs((left[i] & 0xff) - (right[i] & 0xff)));
    }
    return greatest;
  }

  /** Moving stripes that differ from frame to frame. */
  static FramePainter stripes(int width, int height) {
    return (frame, rgb) -> {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int at = (y * width + x) * 3;
          rgb[at] = (byte) (128 + 100 * Math.sin((x + 3 * frame) / 9.0));
          rgb[at + 1] = (byte) (128 + 100 * Math.sin((y - 2 * frame) / 7.0));
          rgb[at + 2] = (byte) (frame * 5);
        }
      }
    };
  }
}

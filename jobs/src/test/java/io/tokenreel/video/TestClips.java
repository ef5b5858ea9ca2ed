package io.tokenreel.video;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Videos with every way of ordering frames that this project's decoder plans for. */
public final class TestClips {

  private TestClips() {}

  /**
   * One way to encode a video with the encoders that come with the decoder.
   *
   * @param frameTicks presentation time steps in 1/25 s, repeated
   */
  public record Encoding(
      String file,
      String codec,
      int keyframeInterval,
      Map<String, String> options,
      int[] frameTicks) {

    /** Writes moving stripes. */
    public Path write(Path folder, FrameSize size, int frames) throws IOException {
      Path path = folder.resolve(file);
      FramePainter painter = VideoTests.stripes(size.width(), size.height());
      try (VideoWriter writer = new VideoWriter(path, codec, size, 25, keyframeInterval, options)) {
        byte[] rgb = new byte[size.rgbBytes()];
        int time = 0;
        for (int frame = 0; frame < frames; frame++) {
          painter.paint(frame, rgb);
          writer.add(rgb, time);
          time += frameTicks[frame % frameTicks.length];
        }
        writer.finish();
      }
      return path;
    }

    @Override
    public String toString() {
      return file;
    }
  }

  /**
   * Every clip of the test resources that is small enough to be decoded many times over, so none of
   * those under large; make_clips.py beside them says how they were made.
   */
  public static List<Path> all() throws IOException {
    try (var files = Files.list(clip("make_clips.py").getParent())) {
      return files
          .filter(file -> file.toString().matches(".*\\.(mp4|mkv|ts|h264)"))
          .sorted()
          .toList();
    }
  }

  /** A clip of the test resources. */
  public static Path clip(String name) {
    return resource("/clips/" + name);
  }

  /** A file of the test resources. */
  public static Path resource(String name) {
    try {
      return Path.of(TestClips.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(name, e);
    }
  }

  /** B-frames, hidden frames, variable rates, short and long GOPs, in several containers. */
  public static List<Encoding> encodings() {
    int[] even = {1};
    int[] uneven = {1, 3, 2, 7, 1};
    return List.of(
        new Encoding("openh264_short_gop.mp4", "libopenh264", 5, Map.of(), even),
        new Encoding("openh264_uneven.mkv", "libopenh264", 17, Map.of(), uneven),
        new Encoding("openh264_long_gop.ts", "libopenh264", 1000, Map.of(), even),
        new Encoding("mpeg4_b.mp4", "mpeg4", 9, Map.of("bf", "2"), even),
        new Encoding("mpeg4_b.avi", "mpeg4", 9, Map.of("bf", "2"), even),
        new Encoding("mpeg2_b.mkv", "mpeg2video", 12, Map.of("bf", "2"), even),
        new Encoding("mpeg2_b.ts", "mpeg2video", 12, Map.of("bf", "2"), even),
        new Encoding("mjpeg.avi", "mjpeg", 1, Map.of("strict", "unofficial"), even),
        new Encoding("vp8_hidden.mkv", "libvpx", 15, HIDDEN, even),
        new Encoding("vp9_hidden.mkv", "libvpx-vp9", 15, HIDDEN, uneven),
        new Encoding("av1.mkv", "libsvtav1", 15, Map.of("preset", "12"), even));
  }

  /** Alternate reference frames, which are decoded and not shown. */
  private static final Map<String, String> HIDDEN =
      Map.of("auto-alt-ref", "1", "lag-in-frames", "12", "deadline", "good", "cpu-used", "4");
}

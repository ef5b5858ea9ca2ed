package io.tokenreel.bench.fuzz;

import io.tokenreel.video.FrameSize;
import io.tokenreel.video.VideoWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A sound video of {@value #FRAMES} frames that no two of are alike.
 *
 * @param name codec and container, such as h264.mp4
 * @param bytes of the whole file
 */
record FuzzSample(String name, byte[] bytes) {

  static final int FRAMES = 40;
  static final FrameSize SIZE = new FrameSize(64, 96);

  private static final int FRAMES_PER_SECOND = 25;
  private static final int KEYFRAME_INTERVAL = 10;

  /**
   * FFmpeg's LGPL build, which is the one that is shipped, has no encoder for HEVC that needs no
   * device: this file is made by make_clips.py, beside the tests' clips.
   */
  private static final String HEVC = "hevc.mp4";

  private record Encoding(String name, String codec, Map<String, String> options) {}

  private static final List<Encoding> ENCODINGS =
      List.of(
          new Encoding(
              "h264.mp4",
              "libopenh264",
              Map.of("profile", "high", "coder", "cabac", "movflags", "faststart")),
          new Encoding("h264.mov", "libopenh264", Map.of()),
          new Encoding(
              "av1.mkv", "libaom-av1", Map.of("cpu-used", "8")), // SVT-AV1 differs from run to run
          new Encoding(
              "vp9.webm",
              "libvpx-vp9",
              Map.of("auto-alt-ref", "1", "lag-in-frames", "12", "cpu-used", "4")));

  /**
   * One of each codec and container, the same in every run.
   *
   * @param folder for temporary files
   */
  static List<FuzzSample> all(Path folder) throws IOException {
    List<FuzzSample> samples = new ArrayList<>();
    for (Encoding encoding : ENCODINGS) {
      samples.add(render(encoding, folder));
    }
    try (InputStream in = FuzzSample.class.getResourceAsStream(HEVC)) {
      samples.add(new FuzzSample(HEVC, in.readAllBytes()));
    }
    return samples;
  }

  private static FuzzSample render(Encoding encoding, Path folder) throws IOException {
    Path file = folder.resolve(encoding.name());
    Map<String, String> options = new HashMap<>(encoding.options());
    options.put("fflags", "bitexact"); // no random ids
    try (VideoWriter writer =
        new VideoWriter(
            file, encoding.codec(), SIZE, FRAMES_PER_SECOND, KEYFRAME_INTERVAL, options)) {
      byte[] rgb = new byte[SIZE.rgbBytes()];
      for (int frame = 0; frame < FRAMES; frame++) {
        paint(frame, rgb);
        writer.add(rgb, frame);
      }
      writer.finish();
    }
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    return new FuzzSample(encoding.name(), bytes);
  }

  /** Waves that move, with a bar that jumps. */
  private static void paint(int frame, byte[] rgb) {
    for (int y = 0; y < SIZE.height(); y++) {
      for (int x = 0; x < SIZE.width(); x++) {
        int at = (y * SIZE.width() + x) * 3;
        boolean bar = x == frame * 7 % SIZE.width();
        for (int channel = 0; channel < 3; channel++) {
          double wave =
              Math.sin((x * (channel + 1) + 3 * frame) / 11.0)
                  * Math.cos((y - 2 * frame) / (7.0 + channel));
          rgb[at + channel] = (byte) (bar ? 255 : 127 + 90 * wave);
        }
      }
    }
  }
}

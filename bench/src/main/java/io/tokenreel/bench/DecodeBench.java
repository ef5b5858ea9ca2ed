package io.tokenreel.bench;

import io.tokenreel.video.DecodeCheck;
import io.tokenreel.video.DecodeLimits;
import io.tokenreel.video.DecodedVideo;
import io.tokenreel.video.DecoderSettings;
import io.tokenreel.video.FramePainter;
import io.tokenreel.video.FrameSize;
import io.tokenreel.video.Outcome;
import io.tokenreel.video.SamplingSpec;
import io.tokenreel.video.VideoDecoder;
import io.tokenreel.video.VideoRef;
import io.tokenreel.video.VideoWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;

/**
 * What 32 uniform frames of a ten-minute 720p H.264 video cost beside a full decode of the same
 * file by the same code, staging and hashing included, for keyframes every ten seconds and every
 * second.
 */
public final class DecodeBench {

  private static final String YARDSTICK = "the file's full decode";
  private static final int WIDTH = 1280;
  private static final int HEIGHT = 720;
  private static final int FRAMES_PER_SECOND = 30;
  private static final int SHORT_SECONDS = 20;
  private static final int LONG_SECONDS = 600;
  private static final int LATTICE = 64;
  private static final int CELL = 32;
  private static final FrameSize TARGET = new FrameSize(384, 384);

  private DecodeBench() {}

  /** Writes the two videos to a temporary folder, measures, and removes them. */
  public static List<BenchRow> run() throws IOException {
    List<BenchRow> rows = new ArrayList<>();
    for (int seconds : new int[] {10, 1}) {
      try (ScratchFolder folder = new ScratchFolder("decode-bench")) {
        Path part = folder.resolve("part.mp4");
        Path video = folder.resolve("video.mp4");
        VideoWriter.write(
            part,
            WIDTH,
            HEIGHT,
            FRAMES_PER_SECOND,
            seconds * FRAMES_PER_SECOND,
            SHORT_SECONDS * FRAMES_PER_SECOND,
            texture());
        VideoRepeater.repeat(part, video, LONG_SECONDS / SHORT_SECONDS);
        measure(video, seconds, rows);
      }
    }
    return rows;
  }

  private static void measure(Path video, int seconds, List<BenchRow> rows) throws IOException {
    decodeMillis(video, DecodeCheck.SAMPLED); // starts the process that the counted ones have
    long sampled = decodeMillis(video, DecodeCheck.SAMPLED);
    long full = decodeMillis(video, DecodeCheck.FULL);
    String file = "720p, 10 minutes, keyframe every " + seconds + " s: ";
    rows.add(BenchRow.millis(file + "full decode", full, 1, YARDSTICK));
    rows.add(
        BenchRow.millis(file + "32 uniform frames", sampled, (double) sampled / full, YARDSTICK));
  }

  private static long decodeMillis(Path video, DecodeCheck check) throws IOException {
    DecoderSettings settings =
        new DecoderSettings(
            SamplingSpec.parse("uniform:frames=32"), TARGET, check, DecodeLimits.DEFAULT);
    VideoRef ref = new VideoRef("bench", video.toString(), Files.size(video));
    try (VideoDecoder decoder = new VideoDecoder(settings, new Configuration(false))) {
      DecodedVideo decoded = decoder.decode(ref);
      if (decoded.outcome() != Outcome.OK) {
        throw new IllegalStateException("the bench's video did not decode: " + decoded.detail());
      }
      return decoded.decodeMillis();
    }
  }

  /**
   * Smooth noise that pans a pixel a frame, under a little grain: enough to keep the decoder busy,
   * and calm enough that the encoder sees no scene change, where it would add a keyframe.
   */
  private static FramePainter texture() {
    Random random = new Random(3);
    byte[] lattice = new byte[LATTICE * LATTICE];
    random.nextBytes(lattice);
    byte[] grain = new byte[1 << 16];
    random.nextBytes(grain);
    return (frame, rgb) -> {
      for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
          int at = (y * WIDTH + x) * 3;
          int level = smooth(lattice, x + frame, y) + grain[(at + frame * 7919) & 0xffff] / 64;
          rgb[at] = (byte) Math.max(0, Math.min(255, level));
          rgb[at + 1] = (byte) Math.max(0, Math.min(255, level * 3 / 4 + 32));
          rgb[at + 2] = (byte) Math.max(0, Math.min(255, 255 - level));
        }
      }
    };
  }

  /** The lattice's levels, interpolated between points that lie {@value #CELL} pixels apart. */
  private static int smooth(byte[] lattice, int x, int y) {
    int right = x % CELL;
    int down = y % CELL;
    int upper = lattice(lattice, x, y) * (CELL - right) + lattice(lattice, x + CELL, y) * right;
    int lower =
        lattice(lattice, x, y + CELL) * (CELL - right)
            + lattice(lattice, x + CELL, y + CELL) * right;
    return (upper * (CELL - down) + lower * down) / (CELL * CELL);
  }

  private static int lattice(byte[] lattice, int x, int y) {
    return lattice[y / CELL % LATTICE * LATTICE + x / CELL % LATTICE] & 0xff;
  }
}

package io.tokenreel.scene;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.video.DecodeCheck;
import io.tokenreel.video.DecodeLimits;
import io.tokenreel.video.DecodedVideo;
import io.tokenreel.video.DecoderSettings;
import io.tokenreel.video.FrameSize;
import io.tokenreel.video.Frames;
import io.tokenreel.video.Outcome;
import io.tokenreel.video.SamplingSpec;
import io.tokenreel.video.VideoDecoder;
import io.tokenreel.video.VideoRef;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;

/** Generated files as the project's decoder gives them, and what a look at their pixels tells. */
final class DecodedScenes implements AutoCloseable {

  private static final int COLOURFUL = 90; // difference of a pixel's channels, in levels
  private static final int SPECKS = 60; // pixels that are not yet an object

  private final VideoDecoder decoder;

  /** A decoder of uniformly sampled frames at the files' own size. */
  DecodedScenes(int samples) {
    DecoderSettings settings =
        new DecoderSettings(
            SamplingSpec.parse("uniform:frames=" + samples),
            new FrameSize(Scene.HEIGHT, Scene.WIDTH),
            DecodeCheck.FULL,
            DecodeLimits.DEFAULT);
    this.decoder = new VideoDecoder(settings, new Configuration(false));
  }

  Frames frames(Path file) {
    VideoRef ref =
        new VideoRef(file.getFileName().toString(), file.toAbsolutePath().toString(), -1);
    DecodedVideo decoded = decoder.decode(ref);
    assertEquals(Outcome.OK, decoded.outcome(), decoded.detail());
    return decoded.frames();
  }

  @Override
  public void close() {
    decoder.close();
  }

  /** Where a colour lies in a frame, in pixels from the upper left corner. */
  record Place(double x, double y) {}

  /** The middle of every colour that a frame shows, found in the pixels alone. */
  static Map<SceneColour, Place> places(Frames frames, int frame) {
    Map<SceneColour, long[]> sums = new TreeMap<>();
    int start = frame * frames.size().rgbBytes();
    for (int i = 0; i < Scene.WIDTH * Scene.HEIGHT; i++) {
      SceneColour colour = nearest(frames.rgb(), start + 3 * i);
      if (colour != null) {
        long[] sum = sums.computeIfAbsent(colour, any -> new long[3]);
        sum[0]++;
        sum[1] += i % Scene.WIDTH;
        sum[2] += i / Scene.WIDTH;
      }
    }
    Map<SceneColour, Place> places = new TreeMap<>();
    sums.forEach(
        (colour, sum) -> {
          if (sum[0] > SPECKS) {
            places.put(colour, new Place((double) sum[1] / sum[0], (double) sum[2] / sum[0]));
          }
        });
    return places;
  }

  private static SceneColour nearest(byte[] rgb, int at) {
    int[] levels = {rgb[at] & 0xff, rgb[at + 1] & 0xff, rgb[at + 2] & 0xff};
    int most = Math.max(levels[0], Math.max(levels[1], levels[2]));
    int least = Math.min(levels[0], Math.min(levels[1], levels[2]));
    if (most - least < COLOURFUL) {
      return null;
    }
    SceneColour nearest = null;
    long nearestDistance = 40 * 40; // edges, where colours mix, are nobody's
    for (SceneColour colour : SceneColour.values()) {
      int distance = 0;
      for (int channel = 0; channel < 3; channel++) {
        int difference = levels[channel] - colour.level(channel);
        distance += difference * difference;
      }
      if (distance < nearestDistance) {
        nearest = colour;
        nearestDistance = distance;
      }
    }
    return nearest;
  }
}

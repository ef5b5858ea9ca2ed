package io.tokenreel.bench;

import io.tokenreel.model.ComputeChoice;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.EncodeDigest;
import io.tokenreel.model.Models;
import io.tokenreel.model.VisionTower;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.video.Frames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;

/**
 * How fast a vision tower encodes on the CPU: in float32 as a share of the rate of one large matrix
 * product through the same engine, in other types as a share of float32's time. {@code
 * bench_towers.py} times the same towers in Transformers.
 */
public final class EncodeBench {

  private EncodeBench() {}

  /**
   * Measures.
   *
   * @param layers encoder layers
   * @param frames of a batch
   * @param types in turn, after float32
   * @param runs of each row, after one that does not count
   */
  static List<BenchRow> run(
      BenchTower tower, int layers, int frames, List<ComputeType> types, int runs)
      throws IOException {
    try (ScratchFolder folder = new ScratchFolder("encode-bench")) {
      tower.write(folder.path(), layers);
      ProductYardstick product = ProductYardstick.measure(runs);
      List<BenchRow> rows = new ArrayList<>(List.of(product.row()));
      String name = "%s, %d layers, %d frames".formatted(tower, layers, frames);
      String model = folder.path().toUri().toString();
      Frames video = video(tower, frames);
      double exact = millis(model, video, runs);
      rows.add(product.row(name, tower.operations(layers, frames), exact));
      for (ComputeType type : types) {
        String typed = Models.computing(model, ComputeChoice.parse(type.label()), false);
        double millis = millis(typed, video, runs);
        rows.add(BenchRow.millis(name + ", " + type, millis, millis / exact, "f32's time"));
      }
      return rows;
    }
  }

  private static Frames video(BenchTower tower, int frames) {
    byte[] rgb = new byte[frames * tower.size().rgbBytes()];
    new Random(frames).nextBytes(rgb);
    return EncodeDigest.frames(tower.size(), rgb);
  }

  private static double millis(String model, Frames video, int runs) {
    try (VisionTower tower = Models.openVision(model, DeviceChoice.CPU, new Configuration())) {
      double best = Double.MAX_VALUE;
      for (int run = 0; run <= runs; run++) {
        long start = System.nanoTime();
        tower.encode(video, TokenFormat.F32);
        best = run == 0 ? best : Math.min(best, (System.nanoTime() - start) / 1e6);
      }
      return best;
    }
  }
}

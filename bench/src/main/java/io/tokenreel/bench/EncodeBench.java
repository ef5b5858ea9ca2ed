package io.tokenreel.bench;

import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.EncodeDigest;
import io.tokenreel.model.Models;
import io.tokenreel.model.VisionTower;
import io.tokenreel.model.llava.SeededCheckpoint;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.video.Frames;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * How fast a vision tower of SigLIP-so400m's widths encodes on the CPU, as a share of the rate of
 * one large matrix product through the same engine. {@code bench_siglip.py} times the same stack in
 * PyTorch.
 */
public final class EncodeBench {

  private EncodeBench() {}

  /**
   * Measures.
   *
   * @param layers encoder layers
   * @param frames of a batch
   * @param runs of each row, after one that does not count
   */
  public static List<BenchRow> run(int layers, int frames, int runs) throws IOException {
    ProductYardstick product = ProductYardstick.measure(runs);
    return List.of(
        product.row(),
        product.row(
            "so400m, %d layers, %d frames".formatted(layers, frames),
            SeededCheckpoint.so400m(layers).operations() * frames,
            towerMillis(layers, frames, runs)));
  }

  private static double towerMillis(int layers, int frames, int runs) throws IOException {
    try (ScratchFolder folder = new ScratchFolder("encode-bench")) {
      SeededCheckpoint.so400m(layers).write(folder.path());
      try (VisionTower tower =
          Models.openVision(
              folder.path().toUri().toString(), DeviceChoice.CPU, new Configuration())) {
        Frames video = EncodeDigest.frames(tower.info(), frames, frames);
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
}

package io.tokenreel.bench;

import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.Models;
import io.tokenreel.model.VisionTower;
import io.tokenreel.model.engine.MatrixProduct;
import io.tokenreel.model.llava.SeededCheckpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;

/**
 * How fast a vision tower of SigLIP-so400m's widths encodes on the CPU, as a share of the rate of
 * one large matrix product through the same engine. {@code bench_siglip.py} times the same stack in
 * PyTorch.
 */
public final class EncodeBench {

  private static final int PRODUCT_SIZE = 4096;

  private EncodeBench() {}

  /**
   * Measures.
   *
   * @param layers encoder layers
   * @param frames of a batch
   * @param runs of each row, after one that does not count
   */
  public static List<BenchRow> run(int layers, int frames, int runs) {
    double productMillis = productMillis(runs);
    double productRate = MatrixProduct.operations(PRODUCT_SIZE) / productMillis / 1e6;
    double towerMillis = towerMillis(layers, frames, runs);
    double towerRate = SeededCheckpoint.so400m(layers).operations() * frames / towerMillis / 1e6;
    String yardstick = "the product's FLOP rate";
    return List.of(
        new BenchRow(
            "matrix product %d, %.1f GFLOP/s".formatted(PRODUCT_SIZE, productRate),
            productMillis,
            1,
            yardstick),
        new BenchRow(
            "so400m, %d layers, %d frames, %.1f GFLOP/s".formatted(layers, frames, towerRate),
            towerMillis,
            towerRate / productRate,
            yardstick));
  }

  private static double towerMillis(int layers, int frames, int runs) {
    Path folder = null;
    try {
      folder = Files.createTempDirectory("tokenreel-bench");
      SeededCheckpoint.so400m(layers).write(folder);
      try (VisionTower tower =
          Models.openVision(folder.toUri().toString(), DeviceChoice.CPU, new Configuration())) {
        byte[] rgb = new byte[frames * tower.info().frameHeight() * tower.info().frameWidth() * 3];
        new Random(frames).nextBytes(rgb);
        double best = Double.MAX_VALUE;
        for (int run = 0; run <= runs; run++) {
          long start = System.nanoTime();
          tower.encode(rgb, frames);
          best = run == 0 ? best : Math.min(best, (System.nanoTime() - start) / 1e6);
        }
        return best;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the benchmark's checkpoint", e);
    } finally {
      FileUtils.deleteQuietly(folder == null ? null : folder.toFile());
    }
  }

  /**
   * The product is split among all processors, as an engine is set up by default; a tower gives an
   * operator one thread, and that is fixed when a JVM's engine starts. So it runs in a child JVM.
   */
  private static double productMillis(int runs) {
    Path result = null;
    try {
      result = Files.createTempFile("tokenreel-bench", ".txt");
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Dai.djl.pytorch.num_threads=" + Runtime.getRuntime().availableProcessors(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  EncodeBench.class.getName(),
                  Integer.toString(runs),
                  result.toString())
              .inheritIO()
              .start();
      if (process.waitFor() != 0) {
        throw new IllegalStateException("the matrix product's JVM failed; it said why above");
      }
      return Double.parseDouble(Files.readString(result));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run the matrix product's JVM", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring the matrix product", e);
    } finally {
      FileUtils.deleteQuietly(result == null ? null : result.toFile());
    }
  }

  /** The child JVM: writes the product's milliseconds to a file. */
  public static void main(String[] args) throws IOException {
    double milliseconds = MatrixProduct.bestNanos(PRODUCT_SIZE, Integer.parseInt(args[0])) / 1e6;
    Files.writeString(Path.of(args[1]), Double.toString(milliseconds));
  }
}

package io.tokenreel.bench;

import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.Models;
import io.tokenreel.model.VisionTower;
import io.tokenreel.model.engine.MatrixProduct;
import io.tokenreel.model.llava.SeededCheckpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
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
   * One line of the result.
   *
   * @param name what was run
   * @param milliseconds of the fastest run
   * @param gigaflopsPerSecond 10^9 floating-point operations per second
   * @param ratio of that rate to the matrix product's
   */
  public record Row(String name, double milliseconds, double gigaflopsPerSecond, double ratio) {}

  /**
   * Measures.
   *
   * @param layers encoder layers
   * @param frames of a batch
   * @param runs of each row, after one that does not count
   */
  public static List<Row> run(int layers, int frames, int runs) {
    double productMillis = productMillis(runs);
    double productRate = MatrixProduct.operations(PRODUCT_SIZE) / productMillis / 1e6;
    double towerMillis = towerMillis(layers, frames, runs);
    double towerRate = SeededCheckpoint.so400m(layers).operations() * frames / towerMillis / 1e6;
    return List.of(
        new Row("matrix product " + PRODUCT_SIZE, productMillis, productRate, 1),
        new Row(
            "so400m, %d layers, %d frames".formatted(layers, frames),
            towerMillis,
            towerRate,
            towerRate / productRate));
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
      delete(folder);
    }
  }

  /**
   * The product is split among all processors, as an engine is set up by default; a tower gives an
   * operator one thread, and that is fixed when a JVM's engine starts. So it runs in a child JVM.
   */
  private static double productMillis(int runs) {
    ProcessBuilder child =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dai.djl.pytorch.num_threads=" + Runtime.getRuntime().availableProcessors(),
            "-cp",
            System.getProperty("java.class.path"),
            EncodeBench.class.getName(),
            Integer.toString(runs));
    try {
      Process process = child.redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new IllegalStateException("the matrix product's JVM failed: " + output);
      }
      return Double.parseDouble(output.substring(output.lastIndexOf('\n') + 1));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start the matrix product's JVM", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring the matrix product", e);
    }
  }

  /** The child JVM: prints the product's milliseconds as its last line. */
  public static void main(String[] args) {
    System.out.println(MatrixProduct.bestNanos(PRODUCT_SIZE, Integer.parseInt(args[0])) / 1e6);
  }

  private static void delete(Path folder) {
    if (folder == null) {
      return;
    }
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + folder, e);
    }
  }
}

package io.tokenreel.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;

/**
 * One large float32 matrix product on all processors, through the engine that runs the models.
 *
 * <p>The product is split among all processors, as an engine is set up by default; a model gives an
 * operator one thread, and that is fixed when a JVM's engine starts. So it runs in a child JVM.
 *
 * @param millis of the fastest product
 */
record ProductYardstick(double millis) {

  private static final int SIZE = 4096;

  /** Measures, {@code runs} times after one that does not count. */
  static ProductYardstick measure(int runs) {
    Path result = null;
    try {
      result = Files.createTempFile("tokenreel-bench", ".txt");
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Dai.djl.pytorch.num_threads=" + Runtime.getRuntime().availableProcessors(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  ProductYardstick.class.getName(),
                  Integer.toString(runs),
                  result.toString())
              .inheritIO()
              .start();
      if (process.waitFor() != 0) {
        throw new IllegalStateException("the matrix product's JVM failed; it said why above");
      }
      return new ProductYardstick(Double.parseDouble(Files.readString(result)));
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
    double milliseconds = MatrixProduct.bestNanos(SIZE, Integer.parseInt(args[0])) / 1e6;
    Files.writeString(Path.of(args[1]), Double.toString(milliseconds));
  }

  /** GFLOP/s. */
  double rate() {
    return MatrixProduct.operations(SIZE) / millis / 1e6;
  }

  /** The yardstick itself as a row. */
  BenchRow row() {
    return BenchRow.millis(
        "matrix product %d, %.1f GFLOP/s".formatted(SIZE, rate()), millis, 1, name());
  }

  /** A row for something that took so many operations. */
  BenchRow row(String what, double operations, double tookMillis) {
    double rate = operations / tookMillis / 1e6;
    return BenchRow.millis(
        "%s, %.1f GFLOP/s".formatted(what, rate), tookMillis, rate / rate(), name());
  }

  private static String name() {
    return "the product's FLOP rate";
  }
}

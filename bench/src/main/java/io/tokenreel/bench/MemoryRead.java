package io.tokenreel.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** How fast all processors together read memory that no cache holds. */
final class MemoryRead {

  private static final int BYTES = 1 << 28; // of each thread

  private MemoryRead() {}

  /**
   * Measures the fastest of some runs in which every thread sums memory of its own.
   *
   * @return bytes per second of all threads together
   */
  static double bytesPerSecond(int threads, int runs) {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Float>> sums = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        byte[] own = new byte[BYTES];
        sums.add(() -> VectorSum.of(own));
      }
      double best = Double.MAX_VALUE;
      for (int run = 0; run <= runs; run++) {
        long start = System.nanoTime();
        for (Future<Float> sum : pool.invokeAll(sums)) {
          sum.get();
        }
        best = run == 0 ? best : Math.min(best, (System.nanoTime() - start) / 1e9);
      }
      return (double) threads * BYTES / best;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring memory", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("memory could not be measured", e.getCause());
    } finally {
      pool.shutdown();
    }
  }
}

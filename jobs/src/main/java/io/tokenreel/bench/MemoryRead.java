package io.tokenreel.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** How fast all processors together read memory that no cache holds. */
final class MemoryRead {

  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int VALUES = 1 << 26; // of each thread: 256 MiB

  private MemoryRead() {}

  /**
   * Measures the fastest of some runs in which every thread sums memory of its own.
   *
   * @return bytes per second of all threads together
   */
  static double bytesPerSecond(int threads, int runs) {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<float[]> memory = new ArrayList<>();
      List<Callable<Float>> sums = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        float[] own = new float[VALUES];
        memory.add(own);
        sums.add(() -> sum(own));
      }
      double best = Double.MAX_VALUE;
      for (int run = 0; run <= runs; run++) {
        long start = System.nanoTime();
        for (Future<Float> sum : pool.invokeAll(sums)) {
          sum.get();
        }
        best = run == 0 ? best : Math.min(best, (System.nanoTime() - start) / 1e9);
      }
      return (double) threads * VALUES * Float.BYTES / best;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring memory", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("memory could not be measured", e.getCause());
    } finally {
      pool.shutdown();
    }
  }

  /** Four registers, so that the additions' latency does not count. */
  private static float sum(float[] values) {
    int step = FLOATS.length();
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    for (int i = 0; i + 4 * step <= values.length; i += 4 * step) {
      sum0 = sum0.add(FloatVector.fromArray(FLOATS, values, i));
      sum1 = sum1.add(FloatVector.fromArray(FLOATS, values, i + step));
      sum2 = sum2.add(FloatVector.fromArray(FLOATS, values, i + 2 * step));
      sum3 = sum3.add(FloatVector.fromArray(FLOATS, values, i + 3 * step));
    }
    return sum0.add(sum1).add(sum2.add(sum3)).reduceLanes(VectorOperators.ADD);
  }
}

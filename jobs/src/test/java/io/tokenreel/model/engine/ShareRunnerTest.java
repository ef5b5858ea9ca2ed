package io.tokenreel.model.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShareRunnerTest {

  /** Sums that are right only if shares are computed once, in steps, and ends alone. */
  private static final class Sums implements ShareRunner.Steps {

    private final int steps;
    private final long[] parts;
    private long sum = 1;

    Sums(int steps, int shares) {
      this.steps = steps;
      this.parts = new long[shares];
    }

    @Override
    public int count() {
      return steps;
    }

    @Override
    public void compute(int step, int share) {
      parts[share] += sum * (share + 1) + step;
    }

    @Override
    public void complete(int step) {
      for (long part : parts) {
        sum = sum * 31 + part;
      }
    }

    static long expected(int steps, int shares) {
      Sums sums = new Sums(steps, shares);
      for (int step = 0; step < steps; step++) {
        for (int share = 0; share < shares; share++) {
          sums.compute(step, share);
        }
        sums.complete(step);
      }
      return sums.sum;
    }
  }

  @ParameterizedTest
  @CsvSource({"1,0", "1,2", "2,0", "2,1", "3,1", "4,2", "2,5"})
  void run_manyCallers_eachGetsWhatOneThreadGives(int shares, int threads) throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(3);
    try (ShareRunner runner = new ShareRunner(shares, threads)) {
      List<Future<Long>> found = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        found.add(
            callers.submit(
                () -> {
                  Sums sums = new Sums(49, shares);
                  runner.run(sums);
                  return sums.sum;
                }));
      }
      for (Future<Long> each : found) {
        assertEquals(Sums.expected(49, shares), each.get());
      }
    } finally {
      callers.shutdown();
    }
  }

  @Test
  void run_noSteps_returns() {
    try (ShareRunner runner = new ShareRunner(2, 1)) {
      runner.run(new Sums(0, 2));
    }
  }

  @Test
  void run_results_areInTheSharesOrder() {
    try (ShareRunner runner = new ShareRunner(4, 3)) {
      assertEquals(List.of(0, 10, 20, 30), runner.run(share -> share * 10));
    }
  }

  @Test
  void run_twoShares_areComputedSideBySide() {
    try (ShareRunner runner = new ShareRunner(2, 1)) {
      CountDownLatch both = new CountDownLatch(2);
      List<Boolean> met =
          runner.run(
              share -> {
                both.countDown();
                return waited(both);
              });
      assertEquals(List.of(true, true), met);
    }
  }

  /** A caller whose helper is busy with another caller computes its shares itself. */
  @Test
  void run_helperIsBusy_doesNotWaitForIt() throws Exception {
    CountDownLatch started = new CountDownLatch(2);
    CountDownLatch free = new CountDownLatch(1);
    try (ShareRunner runner = new ShareRunner(2, 1)) {
      Thread other =
          new Thread(
              () ->
                  runner.run(
                      share -> {
                        started.countDown();
                        return waited(free);
                      }));
      other.start();
      assertTrue(waited(started));
      assertEquals(List.of(0, 1), runner.run(share -> share));
      free.countDown();
      other.join();
    }
  }

  private static boolean waited(CountDownLatch latch) {
    try {
      latch.await();
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  @Test
  void run_shareFails_throwsWhenNothingIsComputedAnyMore() {
    AtomicInteger running = new AtomicInteger();
    List<Integer> steps = Collections.synchronizedList(new ArrayList<>());
    IllegalArgumentException cause = new IllegalArgumentException("no such weight");
    try (ShareRunner runner = new ShareRunner(2, 1)) {
      for (int round = 0; round < 100; round++) {
        int failing = round % 2;
        steps.clear();
        IllegalStateException e =
            assertThrows(
                IllegalStateException.class,
                () -> runner.run(new Failing(running, steps, failing, cause)));
        assertSame(cause, e.getCause());
        assertTrue(e.getMessage().contains("no such weight"), e.getMessage());
        assertEquals(0, running.get());
        assertEquals(3, Collections.max(steps));
      }
      assertEquals(List.of(0, 1), runner.run(share -> share));
    }
  }

  /** One share fails in the step 3, the other takes its time. */
  private record Failing(
      AtomicInteger running, List<Integer> begun, int share, RuntimeException cause)
      implements ShareRunner.Steps {

    @Override
    public int count() {
      return 9;
    }

    @Override
    public void compute(int step, int index) {
      running.incrementAndGet();
      begun.add(step);
      if (step == 3 && index != share) {
        LockSupport.parkNanos(200_000);
      }
      running.decrementAndGet();
      if (step == 3 && index == share) {
        throw cause;
      }
    }

    @Override
    public void complete(int step) {}
  }

  @Test
  void run_error_isThrownAsItIs() {
    try (ShareRunner runner = new ShareRunner(2, 1)) {
      OutOfMemoryError error = new OutOfMemoryError("test");
      assertSame(
          error,
          assertThrows(
              OutOfMemoryError.class,
              () ->
                  runner.run(
                      share -> {
                        throw error;
                      })));
    }
  }

  @Test
  void run_interrupted_isCancelledAfterItsShares() {
    AtomicInteger computed = new AtomicInteger();
    try (ShareRunner runner = new ShareRunner(2, 1)) {
      Thread.currentThread().interrupt();
      assertThrows(
          CancellationException.class, () -> runner.run(share -> computed.incrementAndGet()));
      assertTrue(Thread.interrupted());
      assertEquals(2, computed.get());
    }
  }
}

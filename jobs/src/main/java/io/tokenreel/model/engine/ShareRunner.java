package io.tokenreel.model.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

/**
 * Computes the shares of one operation side by side, on the calling thread and on threads that all
 * callers share. Each share goes to whichever thread is free first, so a caller never waits for
 * threads that help another one. What a share computes does not depend on where or beside what it
 * is computed, so neither do results.
 *
 * <p>Thread-safe.
 */
public final class ShareRunner implements AutoCloseable {

  /** About 50 microseconds: more than shares differ by, less than waking a thread costs. */
  private static final int SPINS = 2000;

  private static final long NAP_NANOS = 50_000;

  private static final int CLOSED = -1;

  private final int shares;
  private final int helpers;
  private final ThreadPoolExecutor workers;

  /** A computation in steps, each in shares. */
  public interface Steps {

    /** How many steps there are. */
    int count();

    /** Computes a share of a step, beside its other shares and after the steps before. */
    void compute(int step, int share);

    /** Ends a step: alone, after its shares and before the next step. */
    void complete(int step);
  }

  /**
   * @param shares of every operation, at least 1
   * @param threads beside the callers'; without any, callers compute all shares themselves
   */
  public ShareRunner(int shares, int threads) {
    this.shares = shares;
    this.helpers = Math.min(shares - 1, threads);
    AtomicInteger names = new AtomicInteger();
    this.workers =
        new ThreadPoolExecutor(
            threads,
            Math.max(threads, 1),
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "tokenreel-decoder-" + names.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** How many shares an operation has. */
  public int shares() {
    return shares;
  }

  /**
   * Computes all shares of an operation.
   *
   * @return the results in the shares' order
   * @throws IllegalStateException when a share fails
   * @throws CancellationException when the calling thread is interrupted
   */
  public <T> List<T> run(IntFunction<T> share) {
    List<T> results = new ArrayList<>(Collections.nCopies(shares, null));
    run(
        new Steps() {
          @Override
          public int count() {
            return 1;
          }

          @Override
          public void compute(int step, int index) {
            results.set(index, share.apply(index));
          }

          @Override
          public void complete(int step) {}
        });
    return results;
  }

  /**
   * Computes all steps, one after the other. Returns, or throws, when nothing is computed any more.
   *
   * @throws IllegalStateException when a share fails; what comes after it is not computed
   * @throws CancellationException when the calling thread is interrupted
   */
  public void run(Steps steps) {
    Run run = new Run(steps);
    for (int i = 0; i < helpers; i++) {
      workers.execute(run);
    }
    run.work();
    for (int i = 0; i < helpers; i++) {
      workers.remove(run);
    }
    run.end();
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("interrupted while a layer was computed");
    }
  }

  /** One computation. Tickets for its shares, step by step, are drawn by all its threads. */
  private final class Run implements Runnable {

    private final Steps steps;
    private final long tickets;
    private final AtomicLong drawn = new AtomicLong();
    private final AtomicInteger missing = new AtomicInteger(shares); // in this step
    private final AtomicInteger helping = new AtomicInteger(); // threads, or CLOSED
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile int step;

    Run(Steps steps) {
      this.steps = steps;
      this.tickets = (long) steps.count() * shares;
    }

    @Override
    public void run() {
      if (helping.getAndUpdate(threads -> threads == CLOSED ? CLOSED : threads + 1) != CLOSED) {
        work();
        helping.decrementAndGet();
      }
    }

    void work() {
      for (long ticket; (ticket = drawn.getAndIncrement()) < tickets; ) {
        int mine = (int) (ticket / shares);
        await(() -> step == mine || failure.get() != null);
        if (failure.get() != null) {
          return;
        }
        try {
          steps.compute(mine, (int) (ticket % shares));
          if (missing.decrementAndGet() == 0) {
            steps.complete(mine);
            missing.set(shares);
            step = mine + 1;
          }
        } catch (Throwable e) {
          failure.compareAndSet(null, e);
          return;
        }
      }
    }

    /** Waits for the others: what they compute with must not be closed under them. */
    void end() {
      await(() -> helping.compareAndSet(0, CLOSED));
      Throwable cause = failure.get();
      if (cause instanceof Error error) {
        throw error;
      }
      if (cause != null) {
        throw new IllegalStateException("a layer failed: " + cause.getMessage(), cause);
      }
    }
  }

  private static void await(BooleanSupplier condition) {
    for (int spins = 0; !condition.getAsBoolean(); spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(NAP_NANOS);
      }
    }
  }

  @Override
  public void close() {
    workers.shutdown();
  }
}

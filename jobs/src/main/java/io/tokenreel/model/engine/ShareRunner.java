package io.tokenreel.model.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Computes the shares of one operation side by side: the first on the calling thread, the others on
 * threads that all callers share. What a share computes does not depend on how many threads there
 * are, so neither do results.
 *
 * <p>Thread-safe.
 */
public final class ShareRunner implements AutoCloseable {

  private final int shares;
  private final ExecutorService workers;

  /**
   * @param shares of every operation, at least 1
   * @param threads beside the callers'; without any, callers compute all shares themselves
   */
  public ShareRunner(int shares, int threads) {
    this.shares = shares;
    AtomicInteger names = new AtomicInteger();
    this.workers =
        shares == 1 || threads == 0
            ? null
            : Executors.newFixedThreadPool(
                threads,
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
   * @throws IllegalStateException when the engine fails on a share
   * @throws CancellationException when the calling thread is interrupted
   */
  public <T> List<T> run(IntFunction<T> share) {
    List<Future<T>> others = new ArrayList<>(shares - 1);
    if (workers != null) {
      for (int i = 1; i < shares; i++) {
        int index = i;
        others.add(workers.submit(() -> share.apply(index)));
      }
    }
    List<T> results = new ArrayList<>(shares);
    try {
      results.add(share.apply(0));
    } finally {
      // Even after a failure here: what the others compute with must not be closed under them.
      join(others, results);
    }
    for (int i = results.size(); i < shares; i++) {
      results.add(share.apply(i));
    }
    return results;
  }

  private static <T> void join(List<Future<T>> others, List<T> results) {
    boolean interrupted = false;
    RuntimeException failure = null;
    for (Future<T> other : others) {
      while (true) {
        try {
          results.add(other.get());
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          if (e.getCause() instanceof Error error) {
            throw error;
          }
          failure = new IllegalStateException("the engine failed on a layer", e.getCause());
          break;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while a layer was computed");
    }
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void close() {
    if (workers != null) {
      workers.shutdown();
    }
  }
}

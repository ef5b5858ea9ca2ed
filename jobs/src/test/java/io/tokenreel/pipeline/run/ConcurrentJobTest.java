package io.tokenreel.pipeline.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.sql.LocalSpark;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

/**
 * Whatever ends the caller's wait, what the work writes to is the caller's again only at its end.
 */
class ConcurrentJobTest {

  private final SparkContext context = LocalSpark.plain().sparkContext();

  @Test
  void end_ofAnInterruptedCaller_waitsAndKeepsTheInterrupt() {
    AtomicBoolean done = new AtomicBoolean();
    ConcurrentJob job =
        ConcurrentJob.start(
            context,
            "slow",
            () -> {
              Thread.sleep(300);
              done.set(true);
            });
    Thread.currentThread().interrupt();
    job.end();
    assertTrue(done.get(), "returned while the work went on");
    assertTrue(Thread.interrupted(), "the interrupt is the caller's");
  }

  @Test
  void close_whileAJobRuns_cancelsIt() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    ConcurrentJob job =
        ConcurrentJob.start(
            context,
            "endless",
            () -> {
              begun.countDown();
              JavaSparkContext.fromSparkContext(context)
                  .parallelize(List.of(1), 1)
                  .foreach(
                      one -> {
                        for (int i = 0; i < 600 && !Thread.currentThread().isInterrupted(); i++) {
                          Thread.sleep(100);
                        }
                      });
            });
    begun.await();
    long start = System.nanoTime();
    job.close();
    assertFalse((System.nanoTime() - start) / 1e9 > 30, "it was waited for, not cancelled");
  }

  @Test
  void check_ofWorkThatFailed_throwsWhatItThrew() throws Exception {
    ConcurrentJob job =
        ConcurrentJob.start(
            context,
            "failing",
            () -> {
              throw new IOException("disk full");
            });
    job.end();
    assertEquals("disk full", assertThrows(IOException.class, job::check).getMessage());
    job.close();
  }
}

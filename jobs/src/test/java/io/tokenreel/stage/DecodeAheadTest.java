package io.tokenreel.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.video.DecodedVideo;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DecodeAheadTest {

  private static final int FRAME_BYTES = StageTests.SIZE.rgbBytes();

  private final AtomicInteger decoded = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();

  private DecodeAhead ahead(int videos, long maxBytes, Function<Row, DecodedVideo> decoder) {
    Iterator<Row> rows =
        IntStream.range(0, videos).mapToObj(i -> RowFactory.create("v" + i)).iterator();
    return new DecodeAhead(rows, decoder, closed::incrementAndGet, maxBytes);
  }

  private DecodedVideo oneFrame(Row row) {
    decoded.incrementAndGet();
    return StageTests.decoded(1);
  }

  @Test
  void next_moreVideosThanAreAskedForAhead_givesAllInOrder() {
    List<String> ids = new ArrayList<>();
    try (DecodeAhead ahead = ahead(200, 5L * FRAME_BYTES, this::oneFrame)) {
      ahead.forEachRemaining(video -> ids.add(video.row().getString(0)));
      assertThrows(NoSuchElementException.class, ahead::next);
    }
    assertEquals(IntStream.range(0, 200).mapToObj(i -> "v" + i).toList(), ids);
    assertEquals(200, decoded.get());
  }

  @Test
  void decoding_consumerTakesNothing_stopsAtTheBudget() throws InterruptedException {
    int budget = 3;
    CountDownLatch full = new CountDownLatch(budget);
    try (DecodeAhead ahead =
        ahead(
            50,
            (long) budget * FRAME_BYTES,
            row -> {
              full.countDown();
              return oneFrame(row);
            })) {
      assertTrue(ahead.hasNext());
      assertTrue(full.await(30, TimeUnit.SECONDS), "as many as the budget are decoded unasked");
      for (int taken = 1; taken <= 20; taken++) {
        ahead.next();
        int most = taken + budget; // those taken, and those that may wait
        assertTrue(decoded.get() <= most, decoded + " decoded after " + taken + " were taken");
      }
    }
  }

  /** As on a machine of many cores, whose heap is none the larger. */
  @Test
  void decoding_tasksThatShareTheHeap_stopAtItsPartAndGoOnWithOneVideoEach()
      throws InterruptedException {
    var share = new DecodeAhead.HeapShare(2L * FRAME_BYTES);
    CountDownLatch full = new CountDownLatch(2);
    Iterator<Row> rows = IntStream.range(0, 9).mapToObj(i -> RowFactory.create("a" + i)).iterator();
    Function<Row, DecodedVideo> counting =
        row -> {
          full.countDown();
          return oneFrame(row);
        };
    try (DecodeAhead greedy =
            new DecodeAhead(rows, counting, closed::incrementAndGet, 99L * FRAME_BYTES, share);
        DecodeAhead other =
            new DecodeAhead(
                List.of(RowFactory.create("b")).iterator(),
                this::oneFrame,
                closed::incrementAndGet,
                99L * FRAME_BYTES,
                share)) {
      assertTrue(greedy.hasNext());
      assertTrue(full.await(30, TimeUnit.SECONDS), "as many as the share are decoded unasked");
      assertEquals("b", other.next().row().getString(0)); // although the share is spent
      greedy.next();
      assertTrue(decoded.get() <= 1 + 1 + 3, decoded + " decoded"); // b's, one taken, two and one
    }
    assertTrue(share.isEmpty(), "what a closed task held waits no more");
  }

  @Test
  void decoding_videoLargerThanTheBudget_goesOn() {
    try (DecodeAhead ahead = ahead(10, 1, this::oneFrame)) {
      ahead.forEachRemaining(video -> assertEquals(1, video.video().frames().count()));
    }
    assertEquals(10, decoded.get());
  }

  @Test
  void close_inMidDecode_interruptsTheThreadAndClosesTheDecoder() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    DecodeAhead ahead =
        ahead(
            3,
            1,
            row -> {
              begun.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
              return oneFrame(row);
            });
    assertTrue(ahead.hasNext());
    assertTrue(begun.await(30, TimeUnit.SECONDS));
    ahead.close();
    assertTrue(interrupted.await(30, TimeUnit.SECONDS));
    assertEquals(1, closed.get());
  }

  /** Closed at any moment between two videos: each round is another try to meet the worst one. */
  @RepeatedTest(200)
  void close_whileTheBudgetIsSpent_leavesNoThreadWaiting() throws InterruptedException {
    CountDownLatch spent = new CountDownLatch(1);
    List<Thread> workers = new ArrayList<>();
    DecodeAhead ahead =
        ahead(
            3,
            1,
            row -> {
              workers.add(Thread.currentThread());
              spent.countDown();
              return oneFrame(row);
            });
    assertTrue(ahead.hasNext());
    assertTrue(spent.await(30, TimeUnit.SECONDS));
    ahead.close();
    workers.get(0).join(30_000);
    assertFalse(workers.get(0).isAlive());
    assertEquals(1, decoded.get());
  }

  @Test
  void next_decoderCannotRun_saysWhy() {
    try (DecodeAhead ahead =
        ahead(
            1,
            1,
            row -> {
              throw new IllegalStateException("no native library");
            })) {
      var error = assertThrows(IllegalStateException.class, ahead::next);
      assertEquals("the decoder could not be run: no native library", error.getMessage());
    }
  }
}

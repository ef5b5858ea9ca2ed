package io.tokenreel.model.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.EncodeDigest;
import io.tokenreel.model.EncoderOrigin;
import io.tokenreel.model.Encoding;
import io.tokenreel.model.StepGrid;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.engine.PassQueue.Pass;
import io.tokenreel.model.engine.PassQueue.Step;
import io.tokenreel.token.FeedLayout;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.video.FrameFit;
import io.tokenreel.video.FrameSize;
import io.tokenreel.video.Frames;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which steps become a pass, and when. */
class PassQueueTest {

  private static final FrameSize SIZE = new FrameSize(1, 2);

  private static final VisionInfo INFO =
      new VisionInfo(
          "none@1",
          "none",
          FrameFit.parse("smart:factor=1,min=1,max=100"),
          new StepGrid.Cells(1, 1),
          1,
          1,
          FeedLayout.plain(),
          EncoderOrigin.ofFile("test", ""));

  /** Is not done when it is first looked at, and is done from then on. */
  private static final class DoneAfterALook extends CompletableFuture<Encoding> {

    private final CountDownLatch looks = new CountDownLatch(2);

    @Override
    public boolean isDone() {
      boolean done = looks.getCount() < 2;
      looks.countDown();
      return done;
    }
  }

  private static VideoEncoding video(Frames frames, int pixels, int dim) {
    VisionInfo info =
        new VisionInfo(
            "none@1",
            "none",
            INFO.fit(),
            new StepGrid.Cells(1, pixels),
            dim,
            1,
            FeedLayout.plain(),
            INFO.origin());
    return new VideoEncoding(info, frames, TokenFormat.BF16);
  }

  private static VideoEncoding video(CompletableFuture<Encoding> result) {
    Frames frames = EncodeDigest.frames(SIZE, new byte[SIZE.rgbBytes()]);
    return new VideoEncoding(INFO, frames, TokenFormat.F32, result);
  }

  /** A pass is computed in the size that it has room for: its frames or tokens are one buffer. */
  @ParameterizedTest
  @CsvSource({"2160, 3840, 40, 1, 86", "1, 2, 1, 1048576, 255", "1, 2, 1, 1, 1000"})
  void next_passOfMoreThanABufferHolds_hasFewerSteps(
      int height, int width, int pixels, int dim, int expected) {
    PassQueue queue = new PassQueue(1000);
    FrameSize size = new FrameSize(height, width);
    queue.add(video(EncodeDigest.frames(size, new byte[size.rgbBytes()]), pixels, dim));
    Pass pass = queue.next().orElseThrow();
    assertEquals(1, pass.steps().size());
    assertEquals(expected, pass.size());
    assertEquals(OptionalInt.of(expected / 2), queue.smallerThan(expected));
  }

  @Test
  void next_moreStepsThanABufferHolds_makesFullPasses() {
    PassQueue queue = new PassQueue(1000);
    FrameSize size = new FrameSize(2160, 3840);
    Frames frames = EncodeDigest.frames(size, new byte[size.rgbBytes()]);
    for (int i = 0; i < 87; i++) {
      queue.add(video(frames, 40, 1));
    }
    Pass first = queue.next().orElseThrow();
    assertEquals(86, first.steps().size());
    queue.computed(first);
    assertEquals(1, queue.next().orElseThrow().steps().size());
  }

  @Test
  void next_onlyVideoIsDoneMeanwhile_waitsForAnother() throws Exception {
    PassQueue queue = new PassQueue(4);
    DoneAfterALook result = new DoneAfterALook();
    queue.add(video(result));
    ExecutorService worker = Executors.newSingleThreadExecutor();
    try {
      Future<Optional<Pass>> next = worker.submit(queue::next);
      assertTrue(result.looks.await(10, TimeUnit.SECONDS));
      VideoEncoding other = video(new CompletableFuture<>());
      queue.add(other);
      assertEquals(
          List.of(new Step(other, 0)), next.get(10, TimeUnit.SECONDS).orElseThrow().steps());
    } finally {
      queue.close();
      worker.shutdown();
    }
  }

  @Test
  void next_closedWhileTheOnlyVideoIsDone_isNone() throws Exception {
    PassQueue queue = new PassQueue(4);
    DoneAfterALook result = new DoneAfterALook();
    queue.add(video(result));
    ExecutorService worker = Executors.newSingleThreadExecutor();
    try {
      Future<Optional<Pass>> next = worker.submit(queue::next);
      assertTrue(result.looks.await(10, TimeUnit.SECONDS));
      queue.close();
      assertEquals(Optional.empty(), next.get(10, TimeUnit.SECONDS));
    } finally {
      worker.shutdown();
    }
  }
}

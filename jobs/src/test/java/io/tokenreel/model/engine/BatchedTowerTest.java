package io.tokenreel.model.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import io.tokenreel.model.DeviceException;
import io.tokenreel.model.DeviceUse;
import io.tokenreel.model.EncodeDigest;
import io.tokenreel.model.EncoderOrigin;
import io.tokenreel.model.Encoding;
import io.tokenreel.model.EncodingException;
import io.tokenreel.model.StepGrid;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.VisionTower;
import io.tokenreel.token.FeedLayout;
import io.tokenreel.token.StoredRows;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.video.FrameFit;
import io.tokenreel.video.FrameSize;
import io.tokenreel.video.Frames;
import java.lang.management.MemoryUsage;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Passes that are no model's; a GPU is only named, never used. */
class BatchedTowerTest {

  private static final FrameSize SMALL = new FrameSize(1, 2);
  private static final FrameSize LARGE = new FrameSize(2, 2);

  private final List<String> passes = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch gate = new CountDownLatch(1);

  /** A step is two frames; a token is a pixel of both, and their sum. */
  private final class Summing implements StepEncoder {

    @Override
    public VisionInfo info() {
      return new VisionInfo(
          "summing@1",
          "summing",
          FrameFit.parse("smart:factor=1,min=1,max=100"),
          new StepGrid.Cells(2, 1),
          1,
          1,
          FeedLayout.plain(),
          EncoderOrigin.ofFile("test", ""));
    }

    @Override
    public void encode(ByteBuffer rgb, int steps, FrameSize size, FloatBuffer tokens) {
      int pixels = size.height() * size.width();
      passes.add("%d of %d of %s".formatted(tokens.remaining() / pixels, steps, size));
      started.countDown();
      await(gate);
      for (int step = 0; tokens.hasRemaining(); step++) {
        for (int pixel = 0; pixel < pixels; pixel++) {
          int sum = 0;
          for (int i = 0; i < 6; i++) {
            sum += rgb.get((step * 2 + i / 3) * pixels * 3 + pixel * 3 + i % 3);
          }
          tokens.put(sum);
        }
      }
    }

    @Override
    public void close() {
      passes.add("closed");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Frames whose bytes are all their number, from {@code first} on. */
  private static Frames frames(FrameSize size, int first, int count) {
    byte[] rgb = new byte[count * size.rgbBytes()];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (first + i / size.rgbBytes());
    }
    return EncodeDigest.frames(size, rgb);
  }

  private static float[] floats(Encoding encoding) {
    float[] values = new float[encoding.block().shape().tokens()];
    TokenFormat.F32.decode(encoding.block().data(), 0, values, 0, values.length);
    return values;
  }

  @Test
  void submit_onAGpu_fillsPassesAcrossVideosOfOneSizeAndPadsTheLast() {
    List<Future<Encoding>> videos = new ArrayList<>();
    try (VisionTower tower = new BatchedTower(new Summing(), Device.gpu(), 4)) {
      videos.add(tower.submit(frames(SMALL, 0, 2), TokenFormat.F32)); // 1 step
      await(started);
      videos.add(tower.submit(frames(SMALL, 1, 6), TokenFormat.F32)); // 3 steps
      videos.add(tower.submit(frames(SMALL, 2, 5), TokenFormat.F32)); // 3 steps
      videos.add(tower.submit(frames(LARGE, 3, 1), TokenFormat.F32)); // 1 step
      gate.countDown();
      assertArrayEquals(new float[] {3, 3}, floats(VisionTower.await(videos.get(0))));
      assertArrayEquals(
          new float[] {9, 9, 21, 21, 33, 33}, floats(VisionTower.await(videos.get(1))));
      assertArrayEquals(
          new float[] {15, 15, 27, 27, 36, 36},
          floats(VisionTower.await(videos.get(2))),
          "the last step repeats the last frame");
      assertArrayEquals(new float[] {18, 18, 18, 18}, floats(VisionTower.await(videos.get(3))));
    }
    assertEquals(
        List.of(
            "1 of 4 of 1 x 2", "4 of 4 of 1 x 2", "2 of 4 of 1 x 2", "1 of 4 of 2 x 2", "closed"),
        passes);
  }

  @Test
  void encode_onTheCpu_makesPassesOfOneStep() {
    gate.countDown();
    try (VisionTower tower = new BatchedTower(new Summing(), Device.cpu(), 4)) {
      assertArrayEquals(
          new float[] {3, 3, 15, 15}, floats(tower.encode(frames(SMALL, 0, 4), TokenFormat.F32)));
    }
    assertEquals(List.of("1 of 1 of 1 x 2", "1 of 1 of 1 x 2", "closed"), passes);
  }

  @Test
  void encode_inAnyFormat_storesWhatTheFormatHolds() {
    gate.countDown();
    try (VisionTower tower = new BatchedTower(new Summing(), Device.cpu(), 1)) {
      for (TokenFormat format : TokenFormat.values()) {
        Encoding encoding = tower.encode(frames(SMALL, 1, 2), format);
        assertEquals(format, encoding.block().format());
        StoredRows expected = StoredRows.of(format, 1, new float[] {9, 9});
        assertArrayEquals(expected.data(), encoding.block().data());
        assertArrayEquals(expected.scales(), encoding.block().scales());
      }
    }
  }

  @Test
  void close_whileVideosWait_givesThemUp() {
    VisionTower tower = new BatchedTower(new Summing(), Device.gpu(), 1);
    Future<Encoding> running = tower.submit(frames(SMALL, 0, 2), TokenFormat.F32);
    await(started);
    Future<Encoding> waiting = tower.submit(frames(SMALL, 0, 2), TokenFormat.F32);
    gate.countDown();
    tower.close();
    assertArrayEquals(new float[] {3, 3}, floats(VisionTower.await(running)));
    assertEquals(true, waiting.isDone());
    assertThrows(
        IllegalStateException.class, () -> tower.submit(frames(SMALL, 0, 2), TokenFormat.F32));
  }

  @Test
  void close_ofAThreadThatIsInterrupted_waitsForThePassAndStaysInterrupted() throws Exception {
    VisionTower tower = new BatchedTower(new Summing(), Device.cpu(), 1);
    Future<Encoding> running = tower.submit(frames(SMALL, 0, 2), TokenFormat.F32);
    await(started);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread closing =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              tower.close();
              interrupted.complete(Thread.currentThread().isInterrupted());
            });
    closing.start();
    closing.join(200);
    assertEquals(List.of("1 of 1 of 1 x 2"), passes, "closed under a pass");
    gate.countDown();
    assertEquals(true, interrupted.get(10, TimeUnit.SECONDS));
    assertEquals(List.of("1 of 1 of 1 x 2", "closed"), passes);
    assertArrayEquals(new float[] {3, 3}, floats(VisionTower.await(running)));
  }

  @Test
  void encode_passThatThrows_isAFailureOfTheVideoButAnErrorStaysOne() {
    assertEquals(
        EngineException.class,
        assertThrows(EncodingException.class, () -> encodeThrowing(new EngineException("no")))
            .getCause()
            .getClass());
    assertThrows(UnsatisfiedLinkError.class, () -> encodeThrowing(new UnsatisfiedLinkError("no")));
  }

  private void encodeThrowing(Throwable failure) {
    StepEncoder encoder =
        new StepEncoder() {
          private boolean failed;

          @Override
          public VisionInfo info() {
            return new Summing().info();
          }

          @Override
          public void encode(ByteBuffer rgb, int steps, FrameSize size, FloatBuffer tokens) {
            if (failed) {
              return;
            }
            failed = true;
            if (failure instanceof Error error) {
              throw error;
            }
            throw (RuntimeException) failure;
          }

          @Override
          public void close() {}
        };
    try (VisionTower tower = new BatchedTower(encoder, Device.gpu(), 1)) {
      tower.encode(frames(SMALL, 0, 2), TokenFormat.F32);
    }
  }

  /** The first pass ends when the second is there, and does not otherwise. */
  @Test
  void submit_onAGpu_hasTwoPassesUnderWay() {
    CountDownLatch both = new CountDownLatch(2);
    StepEncoder meeting =
        new Failing() {
          @Override
          void compute(int steps) {
            both.countDown();
            BatchedTowerTest.await(both);
          }
        };
    try (VisionTower tower = new BatchedTower(meeting, Device.gpu(), 2)) {
      Encoding encoding = tower.encode(frames(SMALL, 0, 8), TokenFormat.F32);
      assertEquals(8, encoding.block().shape().tokens());
    }
    assertEquals(List.of("2 of 2", "2 of 2", "closed"), sorted());
  }

  @Test
  void encode_passThatDoesNotFit_isHalvedOnceForAllPasses() {
    StepEncoder small =
        new Failing() {
          @Override
          void compute(int steps) {
            if (steps > 4) {
              throw new EngineException(OUT_OF_MEMORY);
            }
          }
        };
    FakeMemory memory = new FakeMemory();
    try (VisionTower tower = new BatchedTower(small, GPU, 8, new DeviceMeter(GPU, memory))) {
      assertEquals(new DeviceUse("cuda:1", "", 5, 80, false), tower.use());
      Encoding encoding = tower.encode(frames(SMALL, 0, 12), TokenFormat.F32); // 6 steps
      assertEquals(12, encoding.block().shape().tokens());
      tower.encode(frames(SMALL, 0, 2), TokenFormat.F32);
      assertEquals(new DeviceUse("cuda:1", "", 70, 80, true), tower.use());
    }
    assertEquals(List.of("6 of 8", "4 of 4", "2 of 4", "1 of 4", "closed"), passes);
    assertEquals(1, memory.releases);
  }

  @Test
  void encode_passThatDoesNotFitInHalfEither_failsTheTaskAndSaysWhatToSet() {
    StepEncoder none =
        new Failing() {
          @Override
          void compute(int steps) {
            throw new IllegalArgumentException(new EngineException(OUT_OF_MEMORY));
          }
        };
    try (VisionTower tower =
        new BatchedTower(none, GPU, 3, new DeviceMeter(GPU, new FakeMemory()))) {
      DeviceException failure =
          assertThrows(
              DeviceException.class, () -> tower.encode(frames(SMALL, 0, 6), TokenFormat.F32));
      assertEquals(
          "summing@1: a pass of 2 frames does not fit into the memory of cuda:1: RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB; lower --batch-frames, take smaller frames with --fit, compute in bf16 with --compute-dtype bf16, or choose another --device",
          failure.getMessage());
      assertThrows(
          DeviceException.class,
          () -> tower.encode(frames(SMALL, 0, 2), TokenFormat.F32),
          "passes are not halved again");
    }
    assertEquals(List.of("3 of 3", "1 of 1", "1 of 1", "1 of 1", "1 of 1", "closed"), passes);
  }

  /** Both threads of a GPU meet it, and encode what comes later. */
  @Test
  void encode_whatFailsBesideThePass_isTheVideosFailureAndEndsNoThread() throws Exception {
    StepEncoder small =
        new Failing() {
          @Override
          void compute(int steps) {
            if (steps > 1) {
              throw new EngineException(OUT_OF_MEMORY);
            }
          }
        };
    DeviceMeter.Memory broken =
        new DeviceMeter.Memory() {
          @Override
          public MemoryUsage now() {
            return new MemoryUsage(-1, 1, 1, 80);
          }

          @Override
          public void release() {
            throw new IllegalStateException("no device");
          }
        };
    try (VisionTower tower = new BatchedTower(small, GPU, 2, new DeviceMeter(GPU, broken))) {
      Future<Encoding> first = tower.submit(frames(SMALL, 0, 4), TokenFormat.F32);
      ExecutionException failure =
          assertThrows(ExecutionException.class, () -> first.get(10, TimeUnit.SECONDS));
      assertEquals("no device", failure.getCause().getMessage());
      for (int i = 0; i < 4; i++) {
        Future<Encoding> later = tower.submit(frames(SMALL, 0, 2), TokenFormat.F32);
        assertEquals(2, later.get(10, TimeUnit.SECONDS).block().shape().tokens());
      }
    }
  }

  @Test
  void use_ofAGpuWhoseMemoryIsUnknown_isZero() {
    gate.countDown();
    try (VisionTower tower = new BatchedTower(new Summing(), Device.gpu(), 1)) {
      tower.encode(frames(SMALL, 0, 2), TokenFormat.F32);
      assertEquals(new DeviceUse("cuda:0", "", 0, 0, false), tower.use());
    }
    try (VisionTower tower = new BatchedTower(new Summing(), Device.cpu(), 1)) {
      assertEquals(DeviceUse.cpu(), tower.use());
    }
  }

  private static final Device GPU = Device.gpu(1);

  private static final String OUT_OF_MEMORY =
      "The following operation failed in the TorchScript interpreter.\nRuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB\nException raised from malloc";

  /** Every token is 0; a pass may fail. */
  private abstract class Failing implements StepEncoder {

    @Override
    public VisionInfo info() {
      return new Summing().info();
    }

    abstract void compute(int steps);

    @Override
    public void encode(ByteBuffer rgb, int steps, FrameSize size, FloatBuffer tokens) {
      passes.add("%d of %d".formatted(tokens.remaining() / 2, steps));
      compute(steps);
      tokens.put(new float[tokens.remaining()]);
    }

    @Override
    public void close() {
      passes.add("closed");
    }
  }

  private List<String> sorted() {
    return passes.stream().sorted().toList();
  }

  /** Little in use at first, then much, then less. */
  private static final class FakeMemory implements DeviceMeter.Memory {

    private int looks;
    private int releases;

    @Override
    public synchronized MemoryUsage now() {
      looks++;
      long used = looks == 1 ? 5 : looks == 2 ? 70 : 60;
      return new MemoryUsage(-1, used, used, 80);
    }

    @Override
    public void release() {
      releases++;
    }
  }
}

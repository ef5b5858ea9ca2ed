package io.tokenreel.model.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import io.tokenreel.model.EncodeDigest;
import io.tokenreel.model.Encoding;
import io.tokenreel.model.EncodingException;
import io.tokenreel.model.StepGrid;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.VisionTower;
import io.tokenreel.token.FeedLayout;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.video.FrameFit;
import io.tokenreel.video.FrameSize;
import io.tokenreel.video.Frames;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
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
          FeedLayout.plain());
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
        assertArrayEquals(format.encode(new float[] {9, 9}), encoding.block().data());
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
}

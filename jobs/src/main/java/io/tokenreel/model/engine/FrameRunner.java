package io.tokenreel.model.engine;

import ai.djl.Device;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs a forward pass over any number of frames so that a frame's result depends on that frame
 * alone: every pass has the same number of frames, whatever a caller brings.
 *
 * <p>Matrix libraries choose blockings by the size of the batch and split rows among threads, and
 * both shift rounding. On the CPU a pass is therefore one frame on one thread, and frames run side
 * by side on a fixed set of threads that all callers share; that also saves the threads from
 * waiting for each other after every operator. On a GPU a pass is as many frames as the runner was
 * made for, one pass at a time, the last one filled up with black frames.
 *
 * <p>Thread-safe.
 */
public final class FrameRunner implements AutoCloseable {

  /**
   * System property: how many frames run side by side on the CPU; default: the JVM's processors.
   */
  public static final String THREADS_PROPERTY = "tokenreel.model.threads";

  /** What the names of the threads that run passes begin with. */
  public static final String THREADS = "tokenreel-encoder-";

  private final Pass pass;
  private final int frameBytes;
  private final int frameValues;
  private final int passFrames;
  private final ExecutorService workers;
  private final BlockingQueue<ByteBuffer> inputs;

  /** One forward pass. */
  @FunctionalInterface
  public interface Pass {

    /**
     * Encodes the frames of one pass.
     *
     * @param rgb direct, {@code passFrames} frames; read only, valid during the call
     * @param values takes the results of the first frames, as many as it has room for
     */
    void run(ByteBuffer rgb, FloatBuffer values);
  }

  /**
   * @param gpuPassFrames frames of a pass where the device is a GPU, at least 1
   * @param frameBytes bytes of a frame
   * @param frameValues floats of a frame's result
   */
  public FrameRunner(Device device, int gpuPassFrames, int frameBytes, int frameValues, Pass pass) {
    if (gpuPassFrames < 1) {
      throw new IllegalArgumentException(
          "a forward pass must have at least 1 frame; got " + gpuPassFrames);
    }
    this.pass = pass;
    this.frameBytes = frameBytes;
    this.frameValues = frameValues;
    this.passFrames = device.isGpu() ? gpuPassFrames : 1;
    int threads = device.isGpu() ? 1 : threads();
    AtomicInteger names = new AtomicInteger();
    this.workers =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, THREADS + names.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    this.inputs = new ArrayBlockingQueue<>(threads);
    for (int i = 0; i < threads; i++) {
      inputs.add(ByteBuffer.allocateDirect(Math.multiplyExact(passFrames, frameBytes)));
    }
  }

  /** Frames of a pass on this device. */
  public int passFrames() {
    return passFrames;
  }

  /** The threads that a forward pass may take on the CPU. */
  public static int threads() {
    int threads = Integer.getInteger(THREADS_PROPERTY, Runtime.getRuntime().availableProcessors());
    if (threads < 1) {
      throw new IllegalArgumentException(
          "-D%s must be at least 1; got %d".formatted(THREADS_PROPERTY, threads));
    }
    return threads;
  }

  /**
   * Encodes frames.
   *
   * @param rgb {@code [frames][frameBytes]}
   * @return {@code [frames][frameValues]}
   * @throws IllegalArgumentException when the array does not hold that many frames
   * @throws IllegalStateException when the engine fails on a frame
   * @throws CancellationException when the calling thread is interrupted
   * @throws Error as the engine throws it: no frame's fault
   */
  public float[] run(byte[] rgb, int frames) {
    if (frames < 0 || rgb.length != (long) frames * frameBytes) {
      throw new IllegalArgumentException(
          "%d frames must hold %d bytes each; got %d bytes in all"
              .formatted(frames, frameBytes, rgb.length));
    }
    float[] values = new float[Math.multiplyExact(frames, frameValues)];
    List<Future<?>> passes = new ArrayList<>();
    for (int first = 0; first < frames; first += passFrames) {
      int from = first;
      int count = Math.min(passFrames, frames - first);
      passes.add(workers.submit(() -> runPass(rgb, from, count, values)));
    }
    try {
      for (Future<?> running : passes) {
        running.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (CancellationException)
          new CancellationException("interrupted while encoding").initCause(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException("the engine failed on a frame", e.getCause());
    } finally {
      passes.forEach(running -> running.cancel(false));
    }
    return values;
  }

  private void runPass(byte[] rgb, int first, int count, float[] values) {
    ByteBuffer input = inputs.remove();
    try {
      input.clear().put(rgb, first * frameBytes, count * frameBytes);
      while (input.hasRemaining()) {
        input.put((byte) 0);
      }
      pass.run(input.flip(), FloatBuffer.wrap(values, first * frameValues, count * frameValues));
    } finally {
      inputs.add(input);
    }
  }

  /** Waits for the passes under way. */
  @Override
  public void close() {
    workers.shutdown();
    try {
      if (!workers.awaitTermination(1, TimeUnit.MINUTES)) {
        throw new IllegalStateException("a forward pass did not end within a minute");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

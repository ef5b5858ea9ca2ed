package io.tokenreel.model.engine;

import ai.djl.Device;
import io.tokenreel.model.Encoding;
import io.tokenreel.model.EncodingException;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.VisionTower;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.video.Frames;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a vision tower of a {@link StepEncoder}, so that a step's tokens depend on that step alone:
 * every pass of a frame size has the same number of steps, whatever a caller brings.
 *
 * <p>Matrix libraries choose blockings by the size of the batch and split rows among threads, and
 * both shift rounding. On the CPU a pass is therefore one step on one thread, and steps run side by
 * side on a fixed set of threads that all callers share; that also saves the threads from waiting
 * for each other after every operator. On a GPU a pass is as many steps as the tower was made for,
 * one pass at a time, filled from whichever videos wait, and then with black frames.
 *
 * <p>When a pass fails, its videos are encoded one by one, so that only the video that cannot be
 * encoded fails. A black step then tells a bad video from a broken engine, which is no video's
 * fault.
 */
public final class BatchedTower implements VisionTower {

  private static final Logger LOG = LoggerFactory.getLogger(BatchedTower.class);

  /** System property: how many steps run side by side on the CPU; default: the JVM's processors. */
  public static final String THREADS_PROPERTY = "tokenreel.model.threads";

  /** What the names of the threads that run passes begin with. */
  public static final String THREADS = "tokenreel-encoder-";

  private static final long MOST_MILLIS_OF_A_PASS = 60_000;

  private final StepEncoder encoder;
  private final VisionInfo info;
  private final int passSteps;
  private final List<Thread> workers = new ArrayList<>();
  private final Deque<StepOfVideo> waiting = new ArrayDeque<>(); // also the lock
  private boolean closed;

  /** One step of a video that waits for a pass. */
  record StepOfVideo(VideoEncoding video, int step) {}

  /**
   * @param encoder closed with the tower
   * @param gpuPassSteps steps of a pass where the device is a GPU, at least 1
   */
  public BatchedTower(StepEncoder encoder, Device device, int gpuPassSteps) {
    if (gpuPassSteps < 1) {
      throw new IllegalArgumentException(
          "a forward pass must have at least 1 step; got " + gpuPassSteps);
    }
    this.encoder = encoder;
    this.info = encoder.info();
    this.passSteps = device.isGpu() ? gpuPassSteps : 1;
    int threads = device.isGpu() ? 1 : threads();
    for (int i = 1; i <= threads; i++) {
      Thread worker = new Thread(this::work, THREADS + i);
      worker.setDaemon(true);
      worker.start();
      workers.add(worker);
    }
  }

  /** The threads that forward passes may take on the CPU. */
  public static int threads() {
    int threads = Integer.getInteger(THREADS_PROPERTY, Runtime.getRuntime().availableProcessors());
    if (threads < 1) {
      throw new IllegalArgumentException(
          "-D%s must be at least 1; got %d".formatted(THREADS_PROPERTY, threads));
    }
    return threads;
  }

  @Override
  public VisionInfo info() {
    return info;
  }

  @Override
  public CompletableFuture<Encoding> submit(Frames frames, TokenFormat format) {
    VideoEncoding video = new VideoEncoding(info, frames, format);
    synchronized (waiting) {
      if (closed) {
        throw new IllegalStateException(info.encoder() + " is closed");
      }
      for (int step = 0; step < video.steps(); step++) {
        waiting.add(new StepOfVideo(video, step));
      }
      waiting.notifyAll();
    }
    return video.result();
  }

  private void work() {
    PassMemory memory = new PassMemory(passSteps);
    for (List<StepOfVideo> pass = next(); !pass.isEmpty(); pass = next()) {
      run(pass, memory);
    }
  }

  /** The steps of the next pass, all of one frame size; none when the tower is closed. */
  private List<StepOfVideo> next() {
    synchronized (waiting) {
      List<StepOfVideo> pass = new ArrayList<>();
      while (pass.isEmpty()) {
        while (waiting.isEmpty() && !closed) {
          try {
            waiting.wait();
          } catch (InterruptedException e) {
            // nobody who may interrupt these threads knows them
            throw new IllegalStateException(e);
          }
        }
        if (closed) {
          return pass;
        }
        while (pass.size() < passSteps && !waiting.isEmpty() && joins(pass, waiting.element())) {
          StepOfVideo step = waiting.remove();
          if (!step.video().result().isDone()) {
            pass.add(step);
          }
        }
      }
      return pass;
    }
  }

  private static boolean joins(List<StepOfVideo> pass, StepOfVideo step) {
    return pass.isEmpty() || pass.get(0).video().size().equals(step.video().size());
  }

  private void run(List<StepOfVideo> pass, PassMemory memory) {
    try {
      encodeOrFail(pass, memory);
    } catch (Error e) { // no video's fault
      pass.forEach(step -> step.video().fail(e));
    }
  }

  private void encodeOrFail(List<StepOfVideo> pass, PassMemory memory) {
    try {
      encode(pass, memory);
    } catch (RuntimeException e) {
      Collection<List<StepOfVideo>> videos = byVideo(pass);
      if (videos.size() > 1) {
        LOG.warn("a pass of {} videos could not be encoded; each is tried alone", videos.size(), e);
        videos.forEach(video -> run(video, memory));
      } else {
        pass.get(0).video().fail(failure(e, pass.get(0).video(), memory));
      }
    }
  }

  private static Collection<List<StepOfVideo>> byVideo(List<StepOfVideo> pass) {
    Map<VideoEncoding, List<StepOfVideo>> videos = new LinkedHashMap<>();
    for (StepOfVideo step : pass) {
      videos.computeIfAbsent(step.video(), video -> new ArrayList<>()).add(step);
    }
    return videos.values();
  }

  private void encode(List<StepOfVideo> pass, PassMemory memory) {
    long start = System.nanoTime();
    VideoEncoding first = pass.get(0).video();
    memory.begin(first);
    pass.forEach(step -> step.video().copyFrames(step.step(), memory.frames()));
    encoder.encode(memory.blackened(), passSteps, first.size(), memory.tokens(pass.size()));
    long nanos = (System.nanoTime() - start) / pass.size() / workers.size();
    for (int i = 0; i < pass.size(); i++) {
      StepOfVideo step = pass.get(i);
      step.video().take(step.step(), memory.values(), i * first.stepValues(), nanos);
    }
  }

  /** What is wrong where one video's steps cannot be encoded. */
  private RuntimeException failure(RuntimeException cause, VideoEncoding video, PassMemory memory) {
    if (cause instanceof CancellationException) {
      return cause;
    }
    try {
      memory.begin(video);
      encoder.encode(memory.blackened(), passSteps, video.size(), memory.tokens(1));
      return new EncodingException(cause);
    } catch (CancellationException e) {
      return e;
    } catch (RuntimeException e) {
      return new IllegalStateException(
          "%s cannot encode a black frame either: its engine or device is broken or out of memory, not the videos; the task fails so that Spark can try it elsewhere"
              .formatted(info.encoder()),
          e);
    }
  }

  /** Waits for the passes under way; videos that wait are given up. */
  @Override
  public void close() {
    synchronized (waiting) {
      closed = true;
      waiting.forEach(step -> step.video().result().cancel(false));
      waiting.notifyAll();
    }
    try {
      for (Thread worker : workers) {
        worker.join(MOST_MILLIS_OF_A_PASS);
        if (worker.isAlive()) {
          throw new IllegalStateException("a forward pass did not end within a minute");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    encoder.close();
  }
}

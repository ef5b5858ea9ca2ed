package io.tokenreel.model.engine;

import ai.djl.Device;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.DeviceException;
import io.tokenreel.model.DeviceUse;
import io.tokenreel.model.Encoding;
import io.tokenreel.model.EncodingException;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.VisionTower;
import io.tokenreel.model.engine.PassQueue.Pass;
import io.tokenreel.model.engine.PassQueue.Step;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.video.Frames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
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
 * filled from whichever videos wait, and then with black frames. Two are under way: the frames of
 * one are filled in and its tokens stored while the GPU computes the other.
 *
 * <p>When a pass fails, its videos are encoded one by one, so that only the video that cannot be
 * encoded fails. A black step then tells a bad video from a broken engine, which is no video's
 * fault. A pass that does not fit into a GPU's memory is tried again in halves, and all passes
 * after it have half the steps; that happens once.
 */
public final class BatchedTower implements VisionTower {

  private static final Logger LOG = LoggerFactory.getLogger(BatchedTower.class);

  /** System property: how many steps run side by side on the CPU; default: the JVM's processors. */
  public static final String THREADS_PROPERTY = "tokenreel.model.threads";

  /** What the names of the threads that run passes begin with. */
  public static final String THREADS = "tokenreel-encoder-";

  private static final int GPU_THREADS = 2;

  private final StepEncoder encoder;
  private final VisionInfo info;
  private final DeviceMeter meter;
  private final PassQueue queue;
  private final PassClock clock;
  private final List<Thread> workers = new ArrayList<>();

  /**
   * @param encoder closed with the tower
   * @param gpuPassSteps steps of a pass where the device is a GPU, at least 1
   */
  public BatchedTower(StepEncoder encoder, Device device, int gpuPassSteps) {
    this(encoder, device, gpuPassSteps, new DeviceMeter(device));
  }

  BatchedTower(StepEncoder encoder, Device device, int gpuPassSteps, DeviceMeter meter) {
    if (gpuPassSteps < 1) {
      throw new IllegalArgumentException(
          "a forward pass must have at least 1 step; got " + gpuPassSteps);
    }
    this.encoder = encoder;
    this.info = encoder.info();
    this.meter = meter;
    this.queue = new PassQueue(device.isGpu() ? gpuPassSteps : 1);
    int threads = device.isGpu() ? GPU_THREADS : threads();
    this.clock = device.isGpu() ? PassClock.inOrder() : PassClock.sideBySide(threads);
    for (int i = 1; i <= threads; i++) {
      Thread worker = new Thread(this::work, THREADS + i);
      worker.setDaemon(true);
      worker.start();
      workers.add(worker);
    }
  }

  /**
   * A tower of what a family loads.
   *
   * @param gpuPassFrames frames of a pass where the device is a GPU, at least 1
   * @param load what is computed, on the device
   */
  public static BatchedTower open(
      DeviceChoice choice, int gpuPassFrames, Function<Device, StepEncoder> load) {
    Device device = PyTorch.device(choice);
    StepEncoder encoder = load.apply(device);
    int steps = Math.max(1, gpuPassFrames / encoder.info().grid().framesPerStep());
    return new BatchedTower(encoder, device, steps);
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
  public DeviceUse use() {
    return meter.use();
  }

  @Override
  public CompletableFuture<Encoding> submit(Frames frames, TokenFormat format) {
    VideoEncoding video = new VideoEncoding(info, frames, format);
    if (!queue.add(video)) {
      throw new IllegalStateException(info.encoder() + " is closed");
    }
    return video.result();
  }

  private void work() {
    try (PassMemory memory = new PassMemory(encoder)) {
      for (Optional<Pass> next = queue.next(); next.isPresent(); next = queue.next()) {
        try {
          run(next.get(), memory);
        } finally {
          queue.computed(next.get());
        }
      }
    }
  }

  private void run(Pass pass, PassMemory memory) {
    try {
      encodeOrFail(pass, memory);
    } catch (RuntimeException | Error e) { // no video's fault; the worker goes on
      fail(pass, e);
    }
  }

  private static void fail(Pass pass, Throwable reason) {
    pass.steps().forEach(step -> step.video().fail(reason));
  }

  private void encodeOrFail(Pass pass, PassMemory memory) {
    try {
      encode(pass, memory);
    } catch (RuntimeException e) {
      Optional<String> outOfMemory = OutOfMemory.line(e);
      if (outOfMemory.isPresent()) {
        encodeSmaller(pass, memory, outOfMemory.get());
        return;
      }
      Collection<List<Step>> videos = byVideo(pass);
      if (videos.size() > 1) {
        LOG.warn("a pass of {} videos could not be encoded; each is tried alone", videos.size(), e);
        videos.forEach(steps -> run(new Pass(steps, pass.size()), memory));
      } else {
        VideoEncoding video = pass.steps().get(0).video();
        video.fail(failure(e, video, pass.size(), memory));
      }
    }
  }

  private void encodeSmaller(Pass pass, PassMemory memory, String reason) {
    OptionalInt smaller = queue.smallerThan(pass.size());
    if (smaller.isEmpty()) {
      fail(pass, doesNotFit(pass.size(), reason));
      return;
    }
    int size = smaller.getAsInt();
    LOG.warn(
        "{}: a pass of {} frames does not fit into the memory of {} ({}); from now on passes have {}, and tokens may differ in their last bits from those of {}",
        info.encoder(),
        frames(pass.size()),
        meter.place(),
        reason,
        frames(size),
        frames(pass.size()));
    meter.tellHalved();
    meter.release();
    for (int from = 0; from < pass.steps().size(); from += size) {
      int to = Math.min(from + size, pass.steps().size());
      run(new Pass(pass.steps().subList(from, to), size), memory);
    }
  }

  private DeviceException doesNotFit(int steps, String reason) {
    return new DeviceException(
        "%s: a pass of %d frames does not fit into the memory of %s: %s; lower --batch-frames, take smaller frames with --fit, compute in bf16 with --compute-dtype bf16, or choose another --device"
            .formatted(info.encoder(), frames(steps), meter.place(), reason));
  }

  private int frames(int steps) {
    return steps * info.grid().framesPerStep();
  }

  private static Collection<List<Step>> byVideo(Pass pass) {
    Map<VideoEncoding, List<Step>> videos = new LinkedHashMap<>();
    for (Step step : pass.steps()) {
      videos.computeIfAbsent(step.video(), video -> new ArrayList<>()).add(step);
    }
    return videos.values();
  }

  private void encode(Pass pass, PassMemory memory) {
    long start = System.nanoTime();
    List<Step> steps = pass.steps();
    VideoEncoding first = steps.get(0).video();
    memory.begin(first, pass.size());
    steps.forEach(step -> step.video().copyFrames(step.step(), memory.frames()));
    encoder.encode(memory.blackened(), pass.size(), first.size(), memory.tokens(steps.size()));
    long nanos = clock.spentSince(start) / steps.size();
    queue.computed(pass);
    meter.sample();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      step.video().take(step.step(), memory.values(), i * first.stepValues(), nanos);
    }
  }

  /** What is wrong where one video's steps cannot be encoded. */
  private RuntimeException failure(
      RuntimeException cause, VideoEncoding video, int steps, PassMemory memory) {
    if (cause instanceof CancellationException) {
      return cause;
    }
    try {
      memory.begin(video, steps);
      encoder.encode(memory.blackened(), steps, video.size(), memory.tokens(1));
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

  /**
   * Waits for the passes under way, however long they take: they read the weights. An interrupt
   * does not end the wait, and is kept. Videos that wait are given up.
   */
  @Override
  public void close() {
    queue.close();
    boolean interrupted = false;
    try {
      for (Thread worker : workers) {
        interrupted |= awaitEnd(worker);
      }
      encoder.close();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether this thread was interrupted meanwhile. */
  private static boolean awaitEnd(Thread worker) {
    boolean interrupted = false;
    while (true) {
      try {
        worker.join();
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }
}

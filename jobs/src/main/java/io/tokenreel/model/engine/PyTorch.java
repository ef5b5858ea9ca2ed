package io.tokenreel.model.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.DeviceException;
import io.tokenreel.model.checkpoint.LocalCache;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DJL's PyTorch engine, started once per JVM, without a network and with settings that cannot
 * change afterwards.
 *
 * <p>One thread per operator: the threads that a big operator is split among shift its rounding, so
 * towers run whole frames side by side instead, and their results do not depend on the number of
 * threads. {@code -Dai.djl.pytorch.num_threads} overrides it, at that price.
 *
 * <p>A GPU needs a libtorch {@value #VERSION} with CUDA 12, which no package registry of this build
 * holds: set {@code PYTORCH_LIBRARY_PATH} to its lib folder (that of PyTorch's own {@value
 * #VERSION} wheel will do) in the environment of the executors. {@link Libtorch} has what follows
 * from that.
 */
public final class PyTorch {

  /** The engine that the helpers and the results are tested with. */
  public static final String VERSION = "2.7.1";

  private static final Logger LOG = LoggerFactory.getLogger(PyTorch.class);

  /** Below 32 MiB, up to which glibc learns from what is freed. */
  private static final int LARGEST_KEPT_BYTES = 31 << 20;

  private static Engine engine;

  private static Libtorch libtorch;

  private static DeviceException failure;

  private static boolean toldOfTheCpu;

  private PyTorch() {}

  /**
   * Starts the engine, or gives the running one.
   *
   * @throws DeviceException when the environment names a libtorch that cannot be loaded, or its
   *     natives cannot be
   */
  public static synchronized Engine engine() {
    if (failure != null) {
      throw failure; // what was loaded halfway stays so
    }
    if (engine == null) {
      libtorch = Libtorch.here();
      engine = start();
    }
    return engine;
  }

  /**
   * Checks what the environment says of libtorch, without loading it.
   *
   * @throws DeviceException as {@link #engine} does for what can be seen from outside
   */
  public static synchronized void checkEnvironment() {
    if (engine == null) {
      Libtorch.here();
    }
  }

  /**
   * The device of a choice.
   *
   * @throws DeviceException when the engine does not see it, or as {@link #engine} does
   */
  public static synchronized Device device(DeviceChoice choice) {
    int gpus = engine().getGpuCount();
    return switch (choice.kind()) {
      case CPU -> Device.cpu();
      case AUTO -> gpus > 0 ? Device.gpu(0) : cpuForWantOfAGpu();
      case CUDA -> {
        if (choice.index() >= gpus) {
          throw new DeviceException(
              "device %s was asked for, but %s; or choose cpu or auto"
                  .formatted(
                      choice,
                      gpus == 0
                          ? libtorch.whyNoGpu(CudaLibraries::whyNoGpu)
                          : "PyTorch sees %d GPUs here, the last of which is cuda:%d"
                              .formatted(gpus, gpus - 1)));
        }
        yield Device.gpu(choice.index());
      }
    };
  }

  /** Says why it is the CPU where everything was installed for a GPU. */
  private static Device cpuForWantOfAGpu() {
    boolean expected =
        libtorch.cuda() == Libtorch.Cuda.NO_DRIVER || libtorch.cuda() == Libtorch.Cuda.READY;
    if (expected && !toldOfTheCpu) {
      toldOfTheCpu = true;
      LOG.warn("device auto is the CPU: {}", libtorch.whyNoGpu(CudaLibraries::whyNoGpu));
    }
    return Device.cpu();
  }

  /**
   * Holds the calling thread's operators to the engine's number of threads. libtorch does so at the
   * thread's first operator that asks for this number; matrix products before that take all
   * processors, and round otherwise than the same products later.
   */
  public static void limitThread() {
    JniUtils.getNumThreads();
  }

  private static Engine start() {
    Path cache = LocalCache.folder("engine");
    if (System.getenv("ENGINE_CACHE_DIR") == null && System.getenv("DJL_CACHE_DIR") == null) {
      setDefault("ENGINE_CACHE_DIR", cache.toString());
      setDefault("DJL_CACHE_DIR", cache.toString());
    }
    setDefault("ai.djl.offline", "true");
    setDefault("ai.djl.pytorch.num_threads", "1");
    setDefault("ai.djl.pytorch.num_interop_threads", "1");
    // The graph optimizer specialises code while it runs: the first frames would cost more.
    setDefault("ai.djl.pytorch.graph_optimizer", "false");
    // Without one DJL looks for a flavour by rules of its own, which know nothing of the jar's.
    setDefault(Libtorch.FLAVOUR_VARIABLE, libtorch.flavour());
    libtorch.cudaRuntime().ifPresent(CudaLibraries::findRuntimeIn);
    // Two JVMs that start at once would both unpack the natives into the same folder.
    try (FileChannel channel =
            FileChannel.open(
                cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @SuppressWarnings("unused")
            FileLock heldWhileNativesAreUnpacked = channel.lock()) {
      Engine started = Engine.getEngine("PyTorch");
      if (!started.getVersion().equals(VERSION)) {
        throw new IllegalStateException(
            "expected PyTorch %s; the engine loaded %s".formatted(VERSION, started.getVersion()));
      }
      if (libtorch.folder().isPresent()) {
        LOG.info("{}, {} GPUs", libtorch, started.getGpuCount());
      }
      keepFreedMemory(started);
      return started;
    } catch (EngineException e) {
      LOG.debug("the engine did not start", e);
      failure = new DeviceException(libtorch.notLoaded(e));
      throw failure;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot lock " + cache, e);
    }
  }

  /**
   * Has what operators free kept for the operators after them. glibc returns memory above a
   * threshold to the system, from which it comes back zeroed, page by page: 6% of a bfloat16
   * tower's time. The threshold is twice the size of the largest mapped block that was freed so
   * far, so one such block, which is never written to, is enough.
   */
  private static void keepFreedMemory(Engine started) {
    try (NDManager manager = started.newBaseManager(Device.cpu())) {
      manager.create(new Shape(LARGEST_KEPT_BYTES), DataType.UINT8);
    }
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}

package io.tokenreel.model.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.jni.JniUtils;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.LocalCache;
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
 * <p>A GPU needs a libtorch {@value #VERSION} with CUDA, which no package registry of this build
 * holds: set {@code PYTORCH_LIBRARY_PATH} to its lib folder (that of PyTorch's own {@value
 * #VERSION} wheel will do), {@code PYTORCH_VERSION} to {@value #VERSION} and {@code PYTORCH_FLAVOR}
 * to its flavour, such as {@code cu128}, in the environment of the executors.
 */
public final class PyTorch {

  /** The engine that the helpers and the results are tested with. */
  public static final String VERSION = "2.7.1";

  private static final Logger LOG = LoggerFactory.getLogger(PyTorch.class);

  private static Engine engine;

  private PyTorch() {}

  /**
   * Starts the engine, or gives the running one.
   *
   * @throws IllegalStateException when its natives cannot be loaded or are of another version
   */
  public static synchronized Engine engine() {
    if (engine == null) {
      engine = start();
    }
    return engine;
  }

  /**
   * The device of a choice.
   *
   * @throws IllegalArgumentException when the engine does not see it
   */
  public static Device device(DeviceChoice choice) {
    int gpus = engine().getGpuCount();
    return switch (choice.kind()) {
      case CPU -> Device.cpu();
      case AUTO -> gpus > 0 ? Device.gpu(0) : Device.cpu();
      case CUDA -> {
        if (choice.index() >= gpus) {
          throw new IllegalArgumentException(
              "device %s was asked for, but PyTorch %s sees %d GPUs here; choose cpu or auto, or point PYTORCH_LIBRARY_PATH at a libtorch %s with CUDA"
                  .formatted(choice, engine().getVersion(), gpus, VERSION));
        }
        yield Device.gpu(choice.index());
      }
    };
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
    // Two JVMs that start at once would both unpack the natives into the same folder.
    try (FileChannel channel =
            FileChannel.open(
                cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @SuppressWarnings("unused")
            FileLock heldWhileNativesAreUnpacked = channel.lock()) {
      Engine started = Engine.getEngine("PyTorch");
      if (!started.getVersion().equals(VERSION)) {
        throw new IllegalStateException(
            "expected PyTorch %s; the engine loaded %s; check PYTORCH_LIBRARY_PATH and PYTORCH_VERSION"
                .formatted(VERSION, started.getVersion()));
      }
      LOG.info("PyTorch {} started, {} GPUs", started.getVersion(), started.getGpuCount());
      return started;
    } catch (EngineException e) {
      throw new IllegalStateException("cannot load PyTorch " + VERSION, e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot lock " + cache, e);
    }
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}

package io.tokenreel.model.engine;

import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.IntByReference;
import java.nio.file.Path;
import java.util.Optional;

/**
 * CUDA's own libraries, found and asked as DJL does, by JNA: DJL says how many GPUs there are, and
 * not why there is none.
 */
final class CudaLibraries {

  /** As DJL's {@code CudaUtils} names it; the file may be libcudart.so.12. */
  private static final String RUNTIME = "cudart";

  private static final String DRIVER = "libcuda.so.1";

  private CudaLibraries() {}

  /** Why NVIDIA's driver cannot be loaded; empty where it can. */
  static Optional<String> driverFault() {
    try {
      NativeLibrary.getInstance(DRIVER);
      return Optional.empty();
    } catch (LinkageError e) {
      return Optional.of(reason(e));
    }
  }

  /** Has the runtime looked for in a folder first; to be called before DJL looks for it. */
  static void findRuntimeIn(Path folder) {
    NativeLibrary.addSearchPath(RUNTIME, folder.toString());
  }

  /** Why the runtime sees no GPU. */
  static String whyNoGpu() {
    NativeLibrary runtime;
    try {
      runtime = NativeLibrary.getInstance(RUNTIME);
    } catch (LinkageError e) {
      return "CUDA's runtime is not found, by which GPUs are counted (%s): put the nvidia/cuda_runtime of the wheels at ../../nvidia/cuda_runtime of it, or name the folder of libcudart in -Djna.library.path"
          .formatted(reason(e));
    }
    IntByReference count = new IntByReference();
    int status = runtime.getFunction("cudaGetDeviceCount").invokeInt(new Object[] {count});
    String visible = System.getenv("CUDA_VISIBLE_DEVICES");
    return "sees no GPU: CUDA finds %d and says '%s'; see what nvidia-smi says%s"
        .formatted(
            status == 0 ? count.getValue() : 0,
            runtime.getFunction("cudaGetErrorString").invokeString(new Object[] {status}, false),
            visible == null ? "" : ", and CUDA_VISIBLE_DEVICES, which is '" + visible + "'");
  }

  /** What the loader says: JNA lists it below a line that ends with a colon, once for each try. */
  private static String reason(LinkageError e) {
    return String.valueOf(e.getMessage())
        .lines()
        .filter(line -> !line.endsWith(":"))
        .findFirst()
        .orElse(e.toString());
  }
}

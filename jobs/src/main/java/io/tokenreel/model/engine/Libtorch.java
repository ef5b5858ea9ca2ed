package io.tokenreel.model.engine;

import io.tokenreel.model.DeviceException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The libtorch that the engine is to load, settled by the environment before the engine starts.
 *
 * <p>DJL passes a folder without libtorch over and takes the jar's, looks for a flavour that nobody
 * has where none is named, fetches other versions from the network, and the process dies of a
 * libtorch of another version. All of that is refused here, or settled.
 *
 * @param folder with the libraries; empty for the libtorch of the jar
 * @param version of the libtorch there, such as {@code 2.7.1+cu126}; empty where nothing says it
 * @param flavour of the native layer between DJL and libtorch, one of {@link #FLAVOURS}
 * @param cuda whether it can use a GPU
 */
record Libtorch(Optional<Path> folder, Optional<String> version, String flavour, Cuda cuda) {

  /** What DJL reads; it takes a system property where the environment has no such variable. */
  static final String PATH_VARIABLE = "PYTORCH_LIBRARY_PATH";

  static final String FLAVOUR_VARIABLE = "PYTORCH_FLAVOR";

  static final String VERSION_VARIABLE = "PYTORCH_VERSION";

  static final String CPU = "cpu";

  static final String CUDA = "cu128";

  /**
   * The flavours of the native layer in the jar. A libtorch of another CUDA 12 goes with the
   * second.
   */
  static final List<String> FLAVOURS = List.of(CPU, CUDA);

  private static final String LIBRARY = "libtorch.so";

  private static final String CUDA_LIBRARY = "libtorch_cuda.so";

  /** A line of the wheel's version.py. */
  private static final Pattern VERSION_LINE =
      Pattern.compile("^__version__\\s*=\\s*['\"]([^'\"]+)['\"]", Pattern.MULTILINE);

  /** Whether a libtorch can use a GPU. */
  enum Cuda {
    /** It was built without. */
    MISSING,
    /** The flavour that the environment names keeps it from it. */
    OFF,
    /** NVIDIA's driver is not there, and a flavour with CUDA would not load. */
    NO_DRIVER,
    /** It loads CUDA; there may be no GPU all the same. */
    READY
  }

  /**
   * The libtorch that this process is to load.
   *
   * @throws DeviceException when the environment names none that can be loaded
   */
  static Libtorch here() {
    return of(Libtorch::setting, CudaLibraries::driverFault);
  }

  private static String setting(String name) {
    String variable = System.getenv(name);
    return variable == null ? System.getProperty(name) : variable;
  }

  /**
   * The libtorch that the settings name.
   *
   * @param settings by name; null for one that is not set
   * @param driverFault why NVIDIA's driver cannot be loaded, if it cannot; asked for where that
   *     matters
   * @throws DeviceException when they name none that can be loaded
   */
  static Libtorch of(UnaryOperator<String> settings, Supplier<Optional<String>> driverFault) {
    requireVersionSetting(settings.apply(VERSION_VARIABLE));
    Optional<String> named = Optional.ofNullable(settings.apply(FLAVOUR_VARIABLE));
    named.ifPresent(Libtorch::requireFlavour);
    String path = settings.apply(PATH_VARIABLE);
    if (path == null || path.isEmpty()) {
      if (named.filter(CUDA::equals).isPresent()) {
        throw new DeviceException(
            "%s is %s, but %s names no libtorch with CUDA, and the jar has none: set both, or neither"
                .formatted(FLAVOUR_VARIABLE, CUDA, PATH_VARIABLE));
      }
      return new Libtorch(Optional.empty(), Optional.of(PyTorch.VERSION), CPU, Cuda.MISSING);
    }
    Path folder = folder(path);
    Optional<String> version = version(folder);
    version.ifPresent(found -> requireVersion(found, folder));
    Cuda cuda = cuda(folder, named, driverFault);
    return new Libtorch(Optional.of(folder), version, cuda == Cuda.READY ? CUDA : CPU, cuda);
  }

  private static void requireVersionSetting(String version) {
    if (version != null && !version.isEmpty() && !version.equals(PyTorch.VERSION)) {
      throw new DeviceException(
          "%s must be %s or be left out; it is '%s'"
              .formatted(VERSION_VARIABLE, PyTorch.VERSION, version));
    }
  }

  private static void requireFlavour(String flavour) {
    if (!FLAVOURS.contains(flavour)) {
      throw new DeviceException(
          "%s is '%s'; the jar's native layer has the flavours %s, and %s goes with every libtorch %s of CUDA 12: leave %s out to have it chosen"
              .formatted(
                  FLAVOUR_VARIABLE,
                  flavour,
                  String.join(" and ", FLAVOURS),
                  CUDA,
                  PyTorch.VERSION,
                  FLAVOUR_VARIABLE));
    }
  }

  /** The first folder of the path that has libtorch, or whose libtorch it names, as DJL has it. */
  private static Path folder(String path) {
    for (String part : path.split(File.pathSeparator)) {
      Path place = Path.of(part).toAbsolutePath();
      Path folder = place.endsWith(LIBRARY) ? place.getParent() : place;
      if (Files.isRegularFile(folder.resolve(LIBRARY))) {
        return folder;
      }
    }
    throw new DeviceException(
        "%s is %s, where there is no %s: set it to the lib folder of PyTorch %s, or leave it out to compute on the CPU with the libtorch of the jar"
            .formatted(PATH_VARIABLE, path, LIBRARY, PyTorch.VERSION));
  }

  /** What a wheel says in version.py beside the folder, or a libtorch without Python in a file. */
  private static Optional<String> version(Path folder) {
    return read(folder.resolveSibling("version.py"))
        .map(VERSION_LINE::matcher)
        .filter(Matcher::find)
        .map(matcher -> matcher.group(1))
        .or(() -> read(folder.resolveSibling("build-version")).map(String::strip));
  }

  private static Optional<String> read(Path file) {
    try {
      return Files.isRegularFile(file) ? Optional.of(Files.readString(file)) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private static void requireVersion(String version, Path folder) {
    if (!version.replaceFirst("\\+.*", "").equals(PyTorch.VERSION)) {
      throw new DeviceException(
          "the libtorch in %s is of PyTorch %s; the engine needs %s: point %s at the lib folder of that"
              .formatted(folder, version, PyTorch.VERSION, PATH_VARIABLE));
    }
  }

  private static Cuda cuda(
      Path folder, Optional<String> named, Supplier<Optional<String>> driverFault) {
    boolean there = Files.isRegularFile(folder.resolve(CUDA_LIBRARY));
    if (named.filter(CPU::equals).isPresent()) {
      return there ? Cuda.OFF : Cuda.MISSING;
    }
    if (!there && named.isPresent()) {
      throw new DeviceException(
          "%s is %s, but the libtorch in %s has no CUDA: leave %s out, or point %s at one that has"
              .formatted(FLAVOUR_VARIABLE, CUDA, folder, FLAVOUR_VARIABLE, PATH_VARIABLE));
    }
    if (!there) {
      return Cuda.MISSING;
    }
    Optional<String> fault = driverFault.get();
    if (fault.isPresent() && named.isPresent()) {
      throw new DeviceException(
          "%s is %s, which needs NVIDIA's driver, and that cannot be loaded: %s; leave %s out to compute on the CPU, or install the driver"
              .formatted(FLAVOUR_VARIABLE, CUDA, fault.get(), FLAVOUR_VARIABLE));
    }
    return fault.isPresent() ? Cuda.NO_DRIVER : Cuda.READY;
  }

  /** Where the wheel of NVIDIA's CUDA runtime has its library, as seen from that of PyTorch. */
  Optional<Path> cudaRuntime() {
    return folder
        .map(lib -> lib.resolve("../../nvidia/cuda_runtime/lib").normalize())
        .filter(place -> cuda == Cuda.READY && Files.isDirectory(place));
  }

  /** What is loaded, for those who have set a folder. */
  @Override
  public String toString() {
    return folder
        .map(
            place ->
                "libtorch %s in %s, flavour %s"
                    .formatted(version.orElse("of unknown version"), place, flavour))
        .orElse("libtorch %s of the jar".formatted(PyTorch.VERSION));
  }

  /**
   * Why the engine sees no GPU, and what would change that.
   *
   * @param runtime what CUDA says; asked for where it was loaded
   */
  String whyNoGpu(Supplier<String> runtime) {
    String place = folder.map(Path::toString).orElse("the jar");
    String withCuda = "the lib folder of PyTorch %s with CUDA".formatted(PyTorch.VERSION);
    return switch (cuda) {
      case MISSING ->
          "the libtorch in %s has no CUDA: set %s to %s".formatted(place, PATH_VARIABLE, withCuda);
      case OFF ->
          "%s is %s, which keeps the libtorch in %s from the GPU: leave %s out"
              .formatted(FLAVOUR_VARIABLE, CPU, place, FLAVOUR_VARIABLE);
      case NO_DRIVER ->
          "the libtorch in %s has CUDA, and there is no GPU: NVIDIA's driver (libcuda.so.1) cannot be loaded"
              .formatted(place);
      case READY -> "the libtorch in %s has CUDA, and %s".formatted(place, runtime.get());
    };
  }

  /**
   * What a failed load is told as, in one line.
   *
   * @param failure as the engine threw it
   */
  String notLoaded(Throwable failure) {
    String root =
        Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
            .reduce((outer, inner) -> inner)
            .map(cause -> cause.getMessage() == null ? cause.toString() : cause.getMessage())
            .flatMap(message -> message.lines().findFirst())
            .orElse("no reason given");
    return "cannot load %s: %s; %s"
        .formatted(
            this,
            root,
            folder.isPresent() && root.contains("cannot open shared object file")
                ? "it must lie as the wheels do, with their nvidia and cusparselt at ../../nvidia and ../../cusparselt; see docs/clusters.md"
                : "docs/clusters.md has what a machine needs");
  }
}

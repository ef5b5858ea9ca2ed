package io.tokenreel.model.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.EngineException;
import io.tokenreel.model.DeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders whose libraries are empty: nothing is loaded. */
class LibtorchTest {

  private static final String NO_DRIVER = "libcuda.so.1: cannot open shared object file";

  @TempDir Path site;

  private final Map<String, String> settings = new HashMap<>();

  private Path folder(String... libraries) throws IOException {
    Path folder = Files.createDirectories(site.resolve("torch/lib"));
    for (String library : libraries) {
      Files.createFile(folder.resolve(library));
    }
    settings.put(Libtorch.PATH_VARIABLE, folder.toString());
    return folder;
  }

  private Libtorch withDriver() {
    return Libtorch.of(settings::get, Optional::empty);
  }

  private Libtorch withoutDriver() {
    return Libtorch.of(settings::get, () -> Optional.of(NO_DRIVER));
  }

  private void assertRefused(String... words) {
    String message = assertThrows(DeviceException.class, this::withoutDriver).getMessage();
    for (String word : words) {
      assertTrue(message.contains(word), message);
    }
  }

  @Test
  void flavours_ofTheJar_areThere() {
    for (String flavour : Libtorch.FLAVOURS) {
      assertNotNull(
          LibtorchTest.class.getResource("/jnilib/linux-x86_64/" + flavour + "/libdjl_torch.so"),
          flavour);
    }
  }

  @Test
  void of_nothingSet_isTheJars() {
    Libtorch jar = withDriver();
    assertEquals("libtorch 2.7.1 of the jar", jar.toString());
    assertEquals(Optional.empty(), jar.folder());
    assertEquals(Libtorch.CPU, jar.flavour());
    settings.put(Libtorch.PATH_VARIABLE, "");
    settings.put(Libtorch.VERSION_VARIABLE, "");
    assertEquals(jar, withDriver());
  }

  @Test
  void of_folderWithCuda_takesItWhereTheDriverIs() throws IOException {
    Path folder = folder("libtorch.so", "libtorch_cuda.so");
    Libtorch cuda = withDriver();
    assertEquals(Optional.of(folder), cuda.folder());
    assertEquals(Libtorch.CUDA, cuda.flavour());
    assertEquals(Libtorch.Cuda.READY, cuda.cuda());
    Libtorch cpu = withoutDriver();
    assertEquals(Libtorch.CPU, cpu.flavour());
    assertEquals(Libtorch.Cuda.NO_DRIVER, cpu.cuda());
  }

  @Test
  void of_folderWithoutCuda_doesNotAskForTheDriver() throws IOException {
    folder("libtorch.so");
    Libtorch cpu =
        Libtorch.of(
            settings::get,
            () -> {
              throw new AssertionError("asked");
            });
    assertEquals(Libtorch.CPU, cpu.flavour());
    assertEquals(Libtorch.Cuda.MISSING, cpu.cuda());
  }

  @Test
  void of_pathOfSeveral_takesTheFirstThatHasIt() throws IOException {
    Path folder = folder("libtorch.so");
    settings.put(Libtorch.PATH_VARIABLE, site + ":" + folder.resolve("libtorch.so"));
    assertEquals(Optional.of(folder), withDriver().folder());
  }

  @Test
  void of_pathWithoutLibtorch_isRefusedByItsName() throws IOException {
    Path folder = folder();
    assertRefused("PYTORCH_LIBRARY_PATH is " + folder, "no libtorch.so", "2.7.1");
    settings.put(Libtorch.PATH_VARIABLE, "/nonexistent");
    assertRefused("/nonexistent");
  }

  @Test
  void of_flavour_mustBeOneOfTheJars() throws IOException {
    folder("libtorch.so", "libtorch_cuda.so");
    for (String unknown : new String[] {"cu126", "cpu-precxx11", ""}) {
      settings.put(Libtorch.FLAVOUR_VARIABLE, unknown);
      assertRefused("PYTORCH_FLAVOR is '" + unknown + "'", "cpu and cu128");
    }
  }

  @Test
  void of_flavourCpu_keepsCudaOut() throws IOException {
    folder("libtorch.so", "libtorch_cuda.so");
    settings.put(Libtorch.FLAVOUR_VARIABLE, "cpu");
    assertEquals(Libtorch.Cuda.OFF, withDriver().cuda());
    assertEquals(Libtorch.CPU, withDriver().flavour());
  }

  @Test
  void of_flavourOfCuda_needsALibtorchWithItAndTheDriver() throws IOException {
    settings.put(Libtorch.FLAVOUR_VARIABLE, "cu128");
    assertRefused("PYTORCH_FLAVOR is cu128", "PYTORCH_LIBRARY_PATH");
    Path folder = folder("libtorch.so");
    assertRefused("PYTORCH_FLAVOR is cu128", folder + " has no CUDA");
    Files.createFile(folder.resolve("libtorch_cuda.so"));
    assertRefused("PYTORCH_FLAVOR is cu128", NO_DRIVER);
    assertEquals(Libtorch.Cuda.READY, withDriver().cuda());
  }

  @Test
  void of_version_isThatOfTheFilesBesideTheFolder() throws IOException {
    Path folder = folder("libtorch.so");
    assertEquals(Optional.empty(), withDriver().version());
    Path wheel = site.resolve("torch/version.py");
    Files.writeString(
        wheel, "from typing import Optional\n__version__ = '2.7.1+cu126'\ndebug = 0\n");
    assertEquals("libtorch 2.7.1+cu126 in " + folder + ", flavour cpu", withDriver().toString());
    Files.writeString(wheel, "__version__ = '2.5.1+cu124'\n");
    assertRefused(folder.toString(), "is of PyTorch 2.5.1+cu124", "needs 2.7.1");
    Files.delete(wheel);
    Files.writeString(site.resolve("torch/build-version"), "2.7.10\n");
    assertRefused("is of PyTorch 2.7.10");
  }

  @Test
  void of_versionSetting_mustBeTheEngines() {
    settings.put(Libtorch.VERSION_VARIABLE, "2.7.1");
    assertEquals(Optional.of("2.7.1"), withDriver().version());
    settings.put(Libtorch.VERSION_VARIABLE, "2.5.1");
    assertRefused("PYTORCH_VERSION must be 2.7.1", "'2.5.1'");
  }

  @Test
  void cudaRuntime_besideTheWheel_isFoundWhereCudaIsUsed() throws IOException {
    folder("libtorch.so", "libtorch_cuda.so");
    assertEquals(Optional.empty(), withDriver().cudaRuntime());
    Path runtime = Files.createDirectories(site.resolve("nvidia/cuda_runtime/lib"));
    assertEquals(Optional.of(runtime), withDriver().cudaRuntime());
    assertEquals(Optional.empty(), withoutDriver().cudaRuntime());
  }

  @Test
  void whyNoGpu_ofEachState_saysWhatToDo() throws IOException {
    assertEquals(
        "the libtorch in the jar has no CUDA: set PYTORCH_LIBRARY_PATH to the lib folder of PyTorch 2.7.1 with CUDA",
        withDriver().whyNoGpu(() -> "no"));
    Path folder = folder("libtorch.so");
    assertTrue(
        withDriver().whyNoGpu(() -> "no").startsWith("the libtorch in " + folder + " has no CUDA"));
    Files.createFile(folder.resolve("libtorch_cuda.so"));
    assertTrue(withoutDriver().whyNoGpu(() -> "no").contains("NVIDIA's driver"));
    assertEquals(
        "the libtorch in " + folder + " has CUDA, and sees no GPU",
        withDriver().whyNoGpu(() -> "sees no GPU"));
    settings.put(Libtorch.FLAVOUR_VARIABLE, "cpu");
    assertTrue(withDriver().whyNoGpu(() -> "no").startsWith("PYTORCH_FLAVOR is cpu"));
  }

  @Test
  void notLoaded_ofAChainOfCauses_isOneLineWithTheInnermost() throws IOException {
    Path folder = folder("libtorch.so");
    String missing = "libcusparseLt.so.0: cannot open shared object file: No such file";
    assertEquals(
        "cannot load libtorch of unknown version in "
            + folder
            + ", flavour cpu: "
            + missing
            + "; it must lie as the wheels do, with their nvidia and cusparselt at ../../nvidia and ../../cusparselt; see docs/clusters.md",
        withDriver()
            .notLoaded(
                new EngineException(
                    "Failed to load PyTorch native library",
                    new UnsatisfiedLinkError(missing + "\nmore"))));
    settings.clear();
    assertEquals(
        "cannot load libtorch 2.7.1 of the jar: java.lang.NullPointerException; docs/clusters.md has what a machine needs",
        withDriver().notLoaded(new EngineException(new NullPointerException())));
  }
}

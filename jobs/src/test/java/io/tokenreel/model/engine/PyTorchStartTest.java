package io.tokenreel.model.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.model.ChildJvm;
import io.tokenreel.model.EncodeDigest;
import io.tokenreel.model.Models;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class PyTorchStartTest {

  @TempDir Path temporary;

  /** Both unpack the natives and write the default model into one empty folder. */
  @Test
  void start_ofTwoJvmsAtOnceWithoutAHome_giveTheSameTokens() throws Exception {
    List<String> options =
        List.of("-Djava.io.tmpdir=" + temporary, "-Duser.home=/nonexistent", "-Xmx256m");
    Process one = ChildJvm.start(options, EncodeDigest.class, Models.DEFAULT);
    Process two = ChildJvm.start(options, EncodeDigest.class, Models.DEFAULT);
    assertEquals(ChildJvm.lastLine(one), ChildJvm.lastLine(two));
  }

  /** An empty file is no library: what the loader says reaches the user in one line. */
  @Test
  void start_ofAFolderThatDoesNotLoad_saysWhyInOneLineEachTime() throws Exception {
    Path folder = Files.createDirectories(temporary.resolve("torch/lib"));
    Path library = Files.createFile(folder.resolve("libtorch.so"));
    Map<String, String> environment = Map.of("PYTORCH_LIBRARY_PATH", folder.toString());
    String printed =
        ChildJvm.lastLine(ChildJvm.start(List.of(), environment, EngineStart.class, "cpu"));
    assertEquals(
        "io.tokenreel.model.DeviceException: cannot load libtorch of unknown version in %s, flavour cpu: %s: %s: file too short; docs/clusters.md has what a machine needs"
            .formatted(folder, library, library),
        printed);
  }

  @Test
  void start_ofTheJars_hasNoGpuAndSaysWhy() throws Exception {
    assertEquals(
        "io.tokenreel.model.DeviceException: device cuda:0 was asked for, but the libtorch in the jar has no CUDA: set PYTORCH_LIBRARY_PATH to the lib folder of PyTorch 2.7.1 with CUDA; or choose cpu or auto",
        ChildJvm.run(List.of(), EngineStart.class, "cuda"));
    assertEquals("cpu()", ChildJvm.run(List.of(), EngineStart.class, "auto"));
  }
}

package io.tokenreel.model.family.djl;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The one file of a folder that holds an exported model.
 *
 * @param model the folder as messages name it
 * @param name the file's, in the folder
 * @param format by the name's ending
 * @param path the file, or a local copy of it
 */
record ExportedFile(String model, String name, ExportFormat format, Path path) {

  /** Of DJL, the version that this project is built with. */
  private static final String ENGINE_VERSION = "0.35.1";

  /** Of ONNX Runtime, the version that this engine is made for. */
  private static final String RUNTIME_VERSION = "1.21.1";

  /**
   * Finds the file.
   *
   * @throws IllegalArgumentException when there is none, or more than one
   */
  static ExportedFile of(CheckpointFolder folder) {
    List<String> names = folder.files().stream().filter(ExportedFile::isExported).toList();
    if (names.size() != 1) {
      throw new IllegalArgumentException(
          "model '%s' must hold one file that ends in .pt (TorchScript) or .onnx; got %s of %s"
              .formatted(folder.uri(), names, folder.files()));
    }
    String name = names.get(0);
    ExportFormat format =
        Arrays.stream(ExportFormat.values())
            .filter(one -> name.endsWith(one.ending()))
            .findFirst()
            .orElseThrow();
    return new ExportedFile(folder.uri(), name, format, folder.local(name));
  }

  private static boolean isExported(String file) {
    return Arrays.stream(ExportFormat.values()).anyMatch(format -> file.endsWith(format.ending()));
  }

  /**
   * Checks that the engine for the file is on the class path.
   *
   * @throws IllegalArgumentException when it is not; the message says how it gets there
   */
  void requireEngine() {
    if (!format.hasEngine()) {
      throw withoutEngine(null);
    }
  }

  /** What is said where the engine, or a library that it needs, is not there. */
  IllegalArgumentException withoutEngine(LinkageError cause) {
    return new IllegalArgumentException(
        "model '%s' is %s, and DJL's engine %s, which computes it, cannot be loaded: give spark-submit --packages ai.djl.onnxruntime:onnxruntime-engine:%s, or --jars (bin/tokenreel: TOKENREEL_JARS) with the jars onnxruntime-engine-%s.jar and onnxruntime-%s.jar of com.microsoft.onnxruntime"
            .formatted(
                model, name, format.engine(), ENGINE_VERSION, ENGINE_VERSION, RUNTIME_VERSION),
        cause);
  }
}

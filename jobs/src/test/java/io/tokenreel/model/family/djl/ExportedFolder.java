package io.tokenreel.model.family.djl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Folders of the tiny encoders that make_exported.py writes. */
final class ExportedFolder {

  /** What is so of tiny.pt and tiny.onnx, as {@code tokenreel.yaml} says it. */
  static final String SETTINGS =
      """
      frame: 8x12
      grid: 2x3
      channels: 3
      skip: 1
      mean: [0.5, 0.4, 0.3]
      std: [0.2, 0.3, 0.4]
      output: 0
      """;

  private static final Path FILES = Path.of("jobs/src/test/resources/exported");

  private ExportedFolder() {}

  /**
   * Writes a folder.
   *
   * @param file tiny.pt or tiny.onnx
   * @return the model's name
   */
  static String write(Path folder, String file, String settings) {
    try {
      Files.createDirectories(folder);
      Files.copy(FILES.resolve(file), folder.resolve(file));
      Files.writeString(folder.resolve("tokenreel.yaml"), settings);
      return "djl:" + folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.tokenreel.model.family.qwenvl;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder of settings alone. */
record QwenSettings(Path folder) {

  /** Writes config.json with some fields of its vision_config. */
  QwenSettings vision(String fields) throws IOException {
    return write("config.json", "{\"vision_config\": {%s}}".formatted(fields));
  }

  /** Writes a file. */
  QwenSettings write(String file, String json) throws IOException {
    Files.writeString(folder.resolve(file), json);
    return this;
  }

  QwenVisionConfig config(QwenVlKind kind) {
    return QwenVisionConfig.read(kind, checkpoint());
  }

  QwenPixels pixels(QwenVlKind kind) {
    return QwenPixels.read(checkpoint(), config(kind));
  }

  private CheckpointFolder checkpoint() {
    return QwenGolden.folder(folder);
  }

  /** Checks that reading fails with a message that has some pieces, separated by {@code ;}. */
  static void assertRefused(Runnable reading, String pieces) {
    String message = assertThrows(IllegalArgumentException.class, reading::run).getMessage();
    for (String piece : pieces.split(";")) {
      assertTrue(message.contains(piece.strip()), message);
    }
  }
}

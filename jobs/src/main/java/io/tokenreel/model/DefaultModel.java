package io.tokenreel.model;

import io.tokenreel.model.llava.SeededCheckpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The model that needs no download: a tiny LLaVA-OneVision vision side whose weights come from a
 * seed. Its tokens tell frames apart; nobody has trained it to say what is in them.
 */
public final class DefaultModel {

  private static final List<String> FILES =
      List.of("config.json", "preprocessor_config.json", "model.safetensors");

  private static Path checked;

  private DefaultModel() {}

  /**
   * Writes the checkpoint: config.json, preprocessor_config.json, model.safetensors. The bytes are
   * the same on every machine.
   *
   * @param folder is made when it is missing
   */
  public static void write(Path folder) throws IOException {
    SeededCheckpoint.tiny().write(folder);
  }

  /**
   * The checkpoint in this user's cache. A file that is missing there or holds other bytes, such as
   * those of another version, is replaced; one that is right is left alone, with its time.
   */
  static synchronized Path folder() {
    Path cache = LocalCache.folder("models");
    Path folder = cache.resolve(Models.DEFAULT);
    if (folder.equals(checked)) {
      return folder;
    }
    try {
      Path fresh = Files.createTempDirectory(cache, "fresh-");
      write(fresh);
      Files.createDirectories(folder);
      for (String file : FILES) {
        Path kept = folder.resolve(file);
        if (Files.notExists(kept) || Files.mismatch(fresh.resolve(file), kept) >= 0) {
          Files.move(fresh.resolve(file), kept, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.deleteIfExists(fresh.resolve(file));
      }
      Files.delete(fresh);
      checked = folder;
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the default model to " + folder, e);
    }
  }
}

package io.tokenreel.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The model that needs no download: a LLaVA-OneVision of a million weights that this project has
 * trained to answer questions about the videos of {@code tokenreel scenes}. Its MODEL_CARD.md says
 * how, and how often it is right.
 */
public final class DefaultModel {

  private static final String RESOURCES = "default_model/";

  private static final List<String> FILES =
      List.of(
          "MODEL_CARD.md",
          "chat_template.json",
          "config.json",
          "generation_config.json",
          "model.safetensors",
          "preprocessor_config.json",
          "tokenizer.json",
          "tokenizer_config.json");

  private static Path checked;

  private DefaultModel() {}

  /**
   * Writes the checkpoint folder, as Hugging Face has them, with its card.
   *
   * @param folder is made when it is missing; files of the same names in it are replaced
   */
  public static void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (String file : FILES) {
      try (InputStream stored = DefaultModel.class.getResourceAsStream(RESOURCES + file)) {
        if (stored == null) {
          throw new IllegalStateException("the jar lacks " + RESOURCES + file + "; build it anew");
        }
        Files.copy(stored, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
      }
    }
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

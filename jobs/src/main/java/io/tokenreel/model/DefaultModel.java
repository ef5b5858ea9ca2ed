package io.tokenreel.model;

import io.tokenreel.model.checkpoint.LocalCache;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.List;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;

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

  private static final int DIGEST_LETTERS = 16;

  private static String digest;
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
      try (InputStream stored = stored(file)) {
        Files.copy(stored, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static InputStream stored(String file) {
    InputStream stored = DefaultModel.class.getResourceAsStream(RESOURCES + file);
    if (stored == null) {
      throw new IllegalStateException("the jar lacks " + RESOURCES + file + "; build it again");
    }
    return stored;
  }

  /**
   * The checkpoint in this user's cache, below the digest of its bytes: another version's is
   * another folder, so that a job that runs keeps its own. A file that is missing there or was
   * damaged is replaced; one that is right is left alone, with its time.
   */
  static synchronized Path folder() {
    try {
      Path cache = LocalCache.folder("models/" + digest());
      Path folder = cache.resolve(Models.DEFAULT);
      if (folder.equals(checked)) {
        return folder;
      }
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
      throw new UncheckedIOException("cannot write the default model to the user's cache", e);
    }
  }

  private static String digest() throws IOException {
    if (digest == null) {
      MessageDigest bytes = DigestUtils.getSha256Digest();
      for (String file : FILES) {
        try (InputStream stored = stored(file)) {
          DigestUtils.updateDigest(bytes, stored);
        }
      }
      digest = Hex.encodeHexString(bytes.digest()).substring(0, DIGEST_LETTERS);
    }
    return digest;
  }
}

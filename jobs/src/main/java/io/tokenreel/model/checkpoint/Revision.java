package io.tokenreel.model.checkpoint;

import io.tokenreel.model.safetensors.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A digest of one side of a checkpoint. It depends on the settings that are read and on the
 * weights, as they are stored: not on the folder's name, on settings that nothing here reads, on
 * the order of keys or tensors, on the files that they lie in, nor on the key layout.
 */
public final class Revision {

  private static final int CHARACTERS = 20;
  private static final int LEGACY_CHARACTERS = 16;

  private Revision() {}

  /**
   * A digest of settings and weights.
   *
   * @param settings canonical text of all settings that results depend on
   * @param tensors by canonical name
   * @return {@value #CHARACTERS} hexadecimal digits
   */
  public static String of(String settings, SortedMap<String, Tensor> tensors) {
    return hex(settings(settings), tensors, CHARACTERS);
  }

  /**
   * A digest of settings and of a file whose bytes are the weights and the computation.
   *
   * @param settings canonical text of all settings that results depend on
   * @return {@value #CHARACTERS} hexadecimal digits
   */
  public static String of(String settings, Path file) {
    MessageDigest digest = settings(settings);
    try {
      DigestUtils.updateDigest(digest, file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
    return hex(digest, CHARACTERS);
  }

  private static MessageDigest settings(String settings) {
    MessageDigest digest = DigestUtils.getSha256Digest();
    update(digest, "settings %d\n%s\n".formatted(settings.length(), settings));
    return digest;
  }

  /**
   * The digest in the keys of caches that version 0.1.0 began, where settings were digested file by
   * file.
   *
   * @param files that hold settings, read whole; one that is not there counts as such
   * @param tensors by canonical name
   * @return {@value #LEGACY_CHARACTERS} hexadecimal digits
   */
  public static String legacy(
      CheckpointFolder folder, List<String> files, SortedMap<String, Tensor> tensors) {
    try {
      MessageDigest digest = DigestUtils.getSha256Digest();
      for (String file : files) {
        if (folder.has(file)) {
          byte[] bytes = Files.readAllBytes(folder.local(file));
          update(digest, "%s %d\n".formatted(file, bytes.length));
          digest.update(bytes);
        }
      }
      return hex(digest, tensors, LEGACY_CHARACTERS);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the settings of " + folder.uri(), e);
    }
  }

  private static String hex(
      MessageDigest digest, SortedMap<String, Tensor> tensors, int characters) {
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      update(digest, "%s %s %s\n".formatted(entry.getKey(), tensor.dtype(), tensor.shape()));
      tensor.forEachPart(digest::update);
    }
    return hex(digest, characters);
  }

  private static String hex(MessageDigest digest, int characters) {
    return HexFormat.of().formatHex(digest.digest()).substring(0, characters);
  }

  private static void update(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
  }
}

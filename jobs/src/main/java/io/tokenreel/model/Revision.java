package io.tokenreel.model;

import io.tokenreel.model.safetensors.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * What a side of a checkpoint is called by, beside its name. It does not depend on the order of the
 * tensors, on the files they lie in, nor on the key layout.
 */
public final class Revision {

  private static final int CHARACTERS = 16;

  private Revision() {}

  /**
   * A digest of settings and weights.
   *
   * @param files that hold settings, read whole; one that is not there counts as such
   * @param tensors by canonical name
   * @return {@value #CHARACTERS} hexadecimal digits
   */
  public static String of(
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
      for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
        Tensor tensor = entry.getValue();
        update(digest, "%s %s %s\n".formatted(entry.getKey(), tensor.dtype(), tensor.shape()));
        digest.update(tensor.data().duplicate());
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, CHARACTERS);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the settings of " + folder.uri(), e);
    }
  }

  private static void update(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
  }
}

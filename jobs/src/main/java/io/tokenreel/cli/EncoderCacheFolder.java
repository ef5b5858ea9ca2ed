package io.tokenreel.cli;

import io.tokenreel.cache.lookup.CachedTokens;
import io.tokenreel.eval.task.PlainJson;
import io.tokenreel.model.safetensors.SafetensorsDtype;
import io.tokenreel.model.safetensors.SafetensorsFile;
import io.tokenreel.model.safetensors.SafetensorsWriter;
import io.tokenreel.model.safetensors.Tensor;
import io.tokenreel.pipeline.setting.SettingsException;
import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A folder that vLLM's {@code ECExampleConnector} reads: {@code UUID/encoder_cache.safetensors}
 * with one tensor {@code ec_cache} per video, {@code requests.jsonl} with a line per video, and
 * {@code left_out.jsonl} with a line per video that does not fit.
 *
 * <p>A file is there whole or not at all. A file that is there already is left as it is. The two
 * lists are there when all videos are; they say what the last export had.
 */
final class EncoderCacheFolder implements AutoCloseable {

  static final String TENSOR = "ec_cache";

  private static final String FILE = "encoder_cache.safetensors";
  private static final String REQUESTS = "requests.jsonl";
  private static final String LEFT_OUT = "left_out.jsonl";

  /** Bytes of a name in the file systems that matter. */
  private static final int LONGEST_NAME = 255;

  private final Path folder;
  private final BufferedWriter requests;
  private final BufferedWriter leftOut;

  private EncoderCacheFolder(Path folder, BufferedWriter requests, BufferedWriter leftOut) {
    this.folder = folder;
    this.requests = requests;
    this.leftOut = leftOut;
  }

  /**
   * Opens a folder, which is made when it is not there.
   *
   * @throws SettingsException when it has files and was not exported to before
   */
  static EncoderCacheFolder open(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> names = Files.list(folder)) {
      if (names.findAny().isPresent()
          && !Files.exists(folder.resolve(REQUESTS))
          && !Files.exists(partOf(folder.resolve(REQUESTS)))) {
        throw new SettingsException(
            "--output %s has files and is no export: name a folder that is empty or not there"
                .formatted(folder));
      }
    }
    BufferedWriter requests = Files.newBufferedWriter(partOf(folder.resolve(REQUESTS)));
    return new EncoderCacheFolder(
        folder, requests, Files.newBufferedWriter(partOf(folder.resolve(LEFT_OUT))));
  }

  private static Path partOf(Path file) {
    return file.resolveSibling("." + file.getFileName() + ".part");
  }

  /** Whether a folder may have this name. */
  static boolean takes(String uuid) {
    return uuid.length() <= LONGEST_NAME; // of ASCII
  }

  /**
   * Adds a video.
   *
   * @return bytes that were written; 0 where the file is there
   * @throws SettingsException when the file that is there is of another encoder, sampling or server
   */
  long add(EncoderOutput output) throws IOException {
    Path file = folder.resolve(EncoderOutput.uuid(output.row())).resolve(FILE);
    long written = 0;
    if (Files.exists(file)) {
      requireSame(file, output);
    } else {
      Files.createDirectories(file.getParent());
      Path part = partOf(file);
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
        SafetensorsWriter.write(
            out, new LinkedHashMap<>(Map.of(TENSOR, output.tensor())), output.key());
      }
      written = Files.size(part);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
    line(requests, output.request());
    return written;
  }

  private static void requireSame(Path file, EncoderOutput output) {
    SafetensorsFile there = SafetensorsFile.open(file);
    Tensor tensor = there.tensor(TENSOR);
    SafetensorsDtype dtype = output.tensor().dtype();
    if (!there.metadata().equals(output.key())
        || tensor.dtype() != dtype
        || !tensor.shape().equals(output.tensor().shape())) {
      throw new SettingsException(
          "%s has %s %s of %s, and this export %s %s of %s: name another folder as --output, or remove that one"
              .formatted(
                  file,
                  tensor.dtype(),
                  tensor.shape(),
                  there.metadata(),
                  dtype,
                  output.tensor().shape(),
                  output.key()));
    }
  }

  /** Says of a video why it is not there. */
  void leaveOut(CachedTokens row, String reason) throws IOException {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("video_id", row.videoId());
    line.put("reason", reason);
    line(leftOut, line);
  }

  private static void line(BufferedWriter lines, Map<String, Object> line) throws IOException {
    lines.write(PlainJson.write(line));
    lines.write('\n');
  }

  /** Puts the lists in their places. */
  void finish() throws IOException {
    close();
    for (String list : new String[] {LEFT_OUT, REQUESTS}) {
      Path file = folder.resolve(list);
      Files.move(partOf(file), file, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  @Override
  public void close() throws IOException {
    requests.close();
    leftOut.close();
  }
}

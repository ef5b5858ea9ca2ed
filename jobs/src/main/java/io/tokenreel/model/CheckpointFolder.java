package io.tokenreel.model;

import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A checkpoint folder as it was published, on any Hadoop file system, whose files can be had as
 * local ones. Local folders are read in place; of a remote folder only the files that are asked for
 * are copied, once per machine and version of the file.
 */
public final class CheckpointFolder {

  private final String uri;
  private final String name;
  private final FileSystem fileSystem;
  private final Map<String, FileStatus> files;

  private CheckpointFolder(
      String uri, String name, FileSystem fileSystem, Map<String, FileStatus> files) {
    this.uri = uri;
    this.name = name;
    this.fileSystem = fileSystem;
    this.files = files;
  }

  /**
   * Lists a folder.
   *
   * @param uri any Hadoop path or URI
   * @throws IllegalArgumentException when it is not a folder with a config.json
   */
  public static CheckpointFolder open(String uri, Configuration hadoop) {
    try {
      FileSystem fileSystem = Stores.of(UserPath.of(uri), hadoop);
      Path folder = fileSystem.makeQualified(UserPath.of(uri));
      Map<String, FileStatus> files = new TreeMap<>();
      for (FileStatus file : fileSystem.listStatus(folder)) {
        if (file.isFile()) {
          files.put(file.getPath().getName(), file);
        }
      }
      if (!files.containsKey("config.json")) {
        throw new IllegalArgumentException(
            "model '%s' holds no config.json; expected a Hugging Face checkpoint folder as it is downloaded, or 'default'; found %s"
                .formatted(uri, files.keySet()));
      }
      return new CheckpointFolder(UserPath.text(folder), folder.getName(), fileSystem, files);
    } catch (FileNotFoundException e) {
      throw new IllegalArgumentException(
          "model folder '%s' does not exist; expected a Hugging Face checkpoint folder on any Hadoop file system, or 'default'"
              .formatted(uri),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the model folder " + uri, e);
    }
  }

  /** The folder's full URI. */
  public String uri() {
    return uri;
  }

  /** The folder's own name. */
  public String name() {
    return name;
  }

  /** Changes whenever a file of the folder is replaced: sizes and times of change, no contents. */
  public String stamp() {
    StringBuilder stamp = new StringBuilder(uri);
    files.values().forEach(file -> stamp.append('\n').append(stamp(file)));
    return UUID.nameUUIDFromBytes(stamp.toString().getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** Whether the folder holds a file. */
  public boolean has(String file) {
    return files.containsKey(file);
  }

  /**
   * A file of the folder as a local file.
   *
   * @throws IllegalArgumentException when the folder does not hold it; the message lists what it
   *     holds
   */
  public java.nio.file.Path local(String file) {
    FileStatus status = files.get(file);
    if (status == null) {
      throw new IllegalArgumentException(
          "model '%s' lacks %s; found %s".formatted(uri, file, files.keySet()));
    }
    if (fileSystem.getScheme().equals("file")) {
      return java.nio.file.Path.of(status.getPath().toUri().getPath());
    }
    try {
      return stage(status);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot copy %s of model %s".formatted(file, uri), e);
    }
  }

  private java.nio.file.Path stage(FileStatus status) throws IOException {
    String version =
        UUID.nameUUIDFromBytes(stamp(status).getBytes(StandardCharsets.UTF_8)).toString();
    return StagedFiles.take(
        LocalCache.folder("checkpoints"),
        version + "-" + status.getPath().getName(),
        status.getLen(),
        () -> fileSystem.open(status.getPath()));
  }

  private static String stamp(FileStatus file) {
    return file.getPath() + " " + file.getLen() + " " + file.getModificationTime();
  }
}

package io.tokenreel.model.checkpoint;

import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A checkpoint folder as it was published, on any Hadoop file system, whose files can be had as
 * local ones. Local folders are read in place; of a remote folder only the files that are asked for
 * are copied, once per machine and version of the file.
 *
 * <p>Links are followed, as a hub's cache needs it, whose snapshots are links to blobs.
 */
public final class CheckpointFolder {

  /** Hadoop setting: bytes that local copies of remote checkpoints may take together. */
  public static final String LOCAL_BYTES = "tokenreel.checkpoints.local.bytes";

  private static final long DEFAULT_LOCAL_BYTES = 64L << 30;

  /** The settings of a checkpoint. */
  public static final String CONFIG = "config.json";

  /** A folder's name and what is set for it, {@code FOLDER#key=value&key=value}. */
  private static final Pattern WITH_OPTIONS =
      Pattern.compile("(.+)#(\\w+=[^&#]+(?:&\\w+=[^&#]+)*)");

  /** How a hub's cache begins the name of a repository's folder. */
  private static final String HUB_PREFIX = "models--";

  private final FolderLayout layout;
  private final String uri;
  private final String name;
  private final FileSystem fileSystem;
  private final Map<String, FileStatus> files;
  private final SortedMap<String, String> options;

  private CheckpointFolder(
      FolderLayout layout,
      String uri,
      String name,
      FileSystem fileSystem,
      Map<String, FileStatus> files,
      SortedMap<String, String> options) {
    this.layout = layout;
    this.uri = uri;
    this.name = name;
    this.fileSystem = fileSystem;
    this.files = files;
    this.options = Collections.unmodifiableSortedMap(options);
  }

  /**
   * Lists a folder.
   *
   * @param model any Hadoop path or URI, and after a {@code #} settings that go before those of
   *     config.json, {@code FOLDER#mm_spatial_pool_mode=average}; after {@code djl:} the folder of
   *     an exported encoder
   * @throws IllegalArgumentException when it is not a folder with a config.json, or with a
   *     tokenreel.yaml where an exported encoder is named
   */
  public static CheckpointFolder open(String model, Configuration hadoop) {
    FolderLayout layout = FolderLayout.of(model);
    String folder = model.substring(layout.prefix().length());
    Matcher withOptions = WITH_OPTIONS.matcher(folder);
    SortedMap<String, String> options = new TreeMap<>();
    if (withOptions.matches()) {
      for (String option : withOptions.group(2).split("&")) {
        options.put(
            option.substring(0, option.indexOf('=')), option.substring(option.indexOf('=') + 1));
      }
      return open(layout, withOptions.group(1), options, hadoop);
    }
    return open(layout, folder, options, hadoop);
  }

  /** What a model's name sets for a key. */
  public static Optional<String> option(String model, String key) {
    Matcher named = WITH_OPTIONS.matcher(model);
    return named.matches()
        ? Stream.of(named.group(2).split("&"))
            .filter(option -> option.startsWith(key + "="))
            .map(option -> option.substring(key.length() + 1))
            .findFirst()
        : Optional.empty();
  }

  /** Whether a model is named with settings. */
  public static boolean hasOptions(String model) {
    return WITH_OPTIONS.matcher(model).matches();
  }

  private static CheckpointFolder open(
      FolderLayout layout, String uri, SortedMap<String, String> options, Configuration hadoop) {
    CheckpointFaults.hubId(uri)
        .ifPresent(
            id -> {
              throw new IllegalArgumentException(CheckpointFaults.hub(id));
            });
    try {
      FileSystem fileSystem = Stores.of(UserPath.of(uri), hadoop);
      Path folder = fileSystem.makeQualified(UserPath.of(uri));
      Map<String, FileStatus> files = new TreeMap<>();
      Set<String> folders = new TreeSet<>();
      if (fileSystem.getFileStatus(folder).isFile()) {
        throw new IllegalArgumentException(CheckpointFaults.file(layout, uri));
      }
      for (FileStatus file : fileSystem.listStatus(folder)) {
        if (file.isFile()) {
          files.put(file.getPath().getName(), file);
        } else {
          folders.add(file.getPath().getName());
        }
      }
      if (!files.containsKey(layout.settings())) {
        throw new IllegalArgumentException(
            CheckpointFaults.noSettings(layout, uri, files.keySet(), folders));
      }
      return new CheckpointFolder(
          layout, UserPath.text(folder), readableName(folder), fileSystem, files, options);
    } catch (FileNotFoundException e) {
      throw new IllegalArgumentException(CheckpointFaults.missingFolder(layout, uri), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the model folder " + uri, e);
    }
  }

  /** What the folder holds, as the model's name says. */
  public FolderLayout layout() {
    return layout;
  }

  /** The folder's full URI. */
  public String uri() {
    return uri;
  }

  /**
   * The checkpoint's readable name: the folder's own, or of a snapshot in a hub's cache the
   * repository's.
   */
  public String name() {
    return name;
  }

  private static String readableName(Path folder) {
    Path snapshots = folder.getParent();
    if (snapshots != null && snapshots.getName().equals("snapshots")) {
      String repository = snapshots.getParent().getName();
      if (repository.startsWith(HUB_PREFIX)) {
        return repository.substring(HUB_PREFIX.length()).replace("--", "/");
      }
    }
    return folder.getName();
  }

  /** What the user set for the model, by the key of config.json that it goes before. */
  public SortedMap<String, String> options() {
    return options;
  }

  /** Names of the files, sorted. */
  public Set<String> files() {
    return files.keySet();
  }

  /**
   * Changes with the user's settings, and whenever a file of the folder is replaced: sizes and
   * times of change, no contents.
   */
  public String stamp() {
    StringBuilder stamp = new StringBuilder(layout.prefix()).append(uri).append(options);
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
      throw new IllegalArgumentException(CheckpointFaults.missingFile(uri, file, files.keySet()));
    }
    try {
      java.nio.file.Path local =
          fileSystem.getScheme().equals("file")
              ? java.nio.file.Path.of(status.getPath().toUri().getPath())
              : stage(status);
      CheckpointFaults.pointer(uri, local)
          .ifPresent(
              message -> {
                throw new IllegalArgumentException(message);
              });
      return local;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read %s of model %s".formatted(file, uri), e);
    }
  }

  private java.nio.file.Path stage(FileStatus status) throws IOException {
    String version =
        UUID.nameUUIDFromBytes(stamp(status).getBytes(StandardCharsets.UTF_8)).toString();
    return Staged.FILES.take(
        version + "-" + status.getPath().getName(),
        status.getLen(),
        fileSystem.getConf().getLongBytes(LOCAL_BYTES, DEFAULT_LOCAL_BYTES),
        () -> fileSystem.open(status.getPath()));
  }

  /** Made when the first file is copied. */
  private static final class Staged {
    static final StagedFiles FILES = new StagedFiles(LocalCache.folder("checkpoints"));
  }

  private static String stamp(FileStatus file) {
    return file.getPath() + " " + file.getLen() + " " + file.getModificationTime();
  }
}

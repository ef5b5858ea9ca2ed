package io.tokenreel.cache;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/**
 * The file operations that change an output, each of which can be repeated: after a crash between
 * any two of them, doing them again ends in the same state.
 *
 * <p>Every change passes through here, and the listener is called after each one. That is how tests
 * stop a writer after every single step.
 */
public final class CacheFiles {

  /** Is called after each change. */
  public interface StepListener {

    StepListener NONE = step -> {};

    void done(String step) throws IOException;
  }

  /** Writes the content of a file. */
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** There, an object that was written whole replaces another. */
  private static final Set<String> HAS_NO_RENAME = Set.of("s3a", "s3", "s3n", "gs");

  private final FileSystem fs;
  private final StepListener listener;

  public CacheFiles(FileSystem fs, StepListener listener) {
    this.fs = fs;
    this.listener = listener;
  }

  public FileSystem fileSystem() {
    return fs;
  }

  /**
   * Writes a file that other readers see whole or not at all. Of one that is there already they see
   * the old version or the new one, at every instant where the file system has a way to replace a
   * file at once; elsewhere the old version is deleted first, and whoever finds neither knows the
   * other name, {@link #temporaryOf}.
   */
  public void write(Path path, Content content) throws IOException {
    Path temporary = temporaryOf(path);
    try (OutputStream out = fs.create(temporary, true)) {
      content.writeTo(out);
    }
    listener.done("written " + temporary.getName());
    if (fs.exists(path) && replacesAtOnce()) {
      replace(temporary, path);
      return;
    }
    delete(path);
    rename(temporary, path);
  }

  /** Writes an empty file, which is there whole or not at all without a name for the meantime. */
  void writeEmpty(Path path) throws IOException {
    fs.create(path, true).close();
    report("written " + path.getName());
  }

  /** S3 and GCS show an object when it was written whole; ABFS, for one, while it is written. */
  private boolean replacesAtOnce() {
    return fs instanceof LocalFileSystem
        || scheme().equals("hdfs")
        || HAS_NO_RENAME.contains(scheme());
  }

  private String scheme() {
    return fs.getUri().getScheme().toLowerCase(Locale.ROOT);
  }

  /** The name under which {@link #write} prepares a file. */
  public static Path temporaryOf(Path path) {
    return new Path(path.getParent(), "." + path.getName() + ".tmp");
  }

  /**
   * Moves a file to its final place, unless that has happened already.
   *
   * @throws IOException when neither place has it
   */
  public void move(Path from, Path to) throws IOException {
    if (fs.exists(to)) {
      // An object store copies and then deletes: the copy was complete before it could be seen.
      delete(from);
      return;
    }
    if (!fs.exists(from)) {
      throw new IOException(
          "the journal moves %s to %s, but neither exists; restore the file, or delete the journal and give up its wave"
              .formatted(from, to));
    }
    fs.mkdirs(to.getParent());
    rename(from, to);
  }

  /**
   * Puts a file in the place of another, at once: whoever opens that name finds the one or the
   * other. Does nothing when that has happened already.
   */
  public void replace(Path from, Path to) throws IOException {
    if (!fs.exists(from)) {
      if (!fs.exists(to)) {
        throw new IOException(
            "the journal replaces %s by %s, but neither exists; restore the file, or delete the journal and give up its wave"
                .formatted(to, from));
      }
      return;
    }
    if (fs instanceof LocalFileSystem local) {
      replaceLocal(local, from, to);
    } else if (HAS_NO_RENAME.contains(scheme()) || !renameOver(from, to)) {
      copyOver(from, to);
      fs.delete(from, false);
    }
    listener.done("replaced " + to.getName());
  }

  /** Whether the file system can rename a file to the name of another one. */
  private boolean renameOver(Path from, Path to) throws IOException {
    FileContext context;
    try {
      context = FileContext.getFileContext(fs.getUri(), fs.getConf());
    } catch (UnsupportedFileSystemException e) {
      return false;
    }
    context.rename(from, to, Options.Rename.OVERWRITE);
    return true;
  }

  /** An object that was written whole replaces another; one that was not must not be seen. */
  private void copyOver(Path from, Path to) throws IOException {
    try (FSDataInputStream in = fs.open(from)) {
      FSDataOutputStream out = fs.create(to, true);
      try {
        in.transferTo(out);
      } catch (IOException | RuntimeException e) {
        if (out.hasCapability(StreamCapabilities.ABORTABLE_STREAM)) {
          out.abort();
        }
        throw e; // without close(), which would end the upload
      }
      out.close();
    }
  }

  /** Without its checksums a file is read as it is; with those of the other it could not be. */
  private static void replaceLocal(LocalFileSystem local, Path from, Path to) throws IOException {
    java.nio.file.Path source = local.pathToFile(from).toPath();
    java.nio.file.Path target = local.pathToFile(to).toPath();
    java.nio.file.Path sums = local.pathToFile(local.getChecksumFile(from)).toPath();
    java.nio.file.Path oldSums = local.pathToFile(local.getChecksumFile(to)).toPath();
    Files.deleteIfExists(oldSums);
    Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
    if (Files.exists(sums)) {
      Files.move(sums, oldSums, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** Deletes a file or folder if it is there. */
  public void delete(Path path) throws IOException {
    if (fs.exists(path)) {
      if (!fs.delete(path, true) && fs.exists(path)) {
        throw new IOException("cannot delete " + path);
      }
      listener.done("deleted " + path.getName());
    }
  }

  /** Deletes what {@link #write} was preparing in a folder when its writer died. */
  public void deleteTemporaries(Path folder) throws IOException {
    for (FileStatus status : list(folder)) {
      if (status.getPath().getName().endsWith(".tmp")) {
        delete(status.getPath());
      }
    }
  }

  /**
   * Deletes a folder that holds no file, but for such as {@link #write} was preparing.
   *
   * @throws IOException when it holds others, as one does that was out of reach when it was listed
   */
  public void deleteEmptied(Path folder) throws IOException {
    deleteTemporaries(folder);
    if (fs.exists(folder)) {
      fs.delete(folder, false);
      listener.done("deleted " + folder.getName());
    }
  }

  public byte[] read(Path path) throws IOException {
    try (FSDataInputStream in = fs.open(path)) {
      return in.readAllBytes();
    }
  }

  /** What a folder holds, by name; nothing when there is no such folder. */
  public List<FileStatus> list(Path folder) throws IOException {
    return list(fs, folder);
  }

  /** The files of a table, by name: what a folder holds but for those that readers skip. */
  public List<FileStatus> listTable(Path folder) throws IOException {
    return listTable(fs, folder);
  }

  /** As {@link #listTable(Path)}. */
  public static List<FileStatus> listTable(FileSystem fs, Path folder) throws IOException {
    return list(fs, folder).stream()
        .filter(status -> !CacheLayout.isHidden(status.getPath()))
        .toList();
  }

  public static List<FileStatus> list(FileSystem fs, Path folder) throws IOException {
    if (!fs.exists(folder)) {
      return List.of();
    }
    return Arrays.stream(fs.listStatus(folder))
        .sorted(Comparator.comparing(status -> status.getPath().getName()))
        .toList();
  }

  /** Reports a step that was made by other means, such as a job that wrote files. */
  public void report(String step) throws IOException {
    listener.done(step);
  }

  private void rename(Path from, Path to) throws IOException {
    if (!fs.rename(from, to)) {
      throw new IOException("cannot rename %s to %s".formatted(from, to));
    }
    listener.done("renamed to " + to.getName());
  }
}

package io.tokenreel.input;

import io.tokenreel.files.UserPath;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Iterator;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The names in a folder of a local disk. Hadoop's own listing skips every name for which it finds
 * no file: one whose bytes are no text here, a link to nothing.
 */
final class LocalListing implements FolderListing {

  private final Path folder;
  private final DirectoryStream<java.nio.file.Path> stream;
  private final Iterator<java.nio.file.Path> entries;

  LocalListing(LocalFileSystem files, Path folder) throws IOException {
    this.folder = folder;
    this.stream = Files.newDirectoryStream(files.pathToFile(folder).toPath());
    this.entries = stream.iterator();
  }

  /** What a local folder is whatever its name; null in other file systems. */
  static Object identity(FileSystem files, Path folder) throws IOException {
    return files instanceof LocalFileSystem local
        ? Files.readAttributes(local.pathToFile(folder).toPath(), BasicFileAttributes.class)
            .fileKey()
        : null;
  }

  @Override
  public FoundName next() throws IOException {
    try {
      while (entries.hasNext()) {
        java.nio.file.Path entry = entries.next();
        if (!lastPart(entry).matches("[.].*[.]crc")) { // Hadoop's checksums of another file
          return found(entry);
        }
      }
      return null;
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private FoundName found(java.nio.file.Path entry) {
    String name = lastPart(entry);
    if (!isText(entry)) {
      return FoundName.unnamed(bytes(entry), noText());
    }
    try {
      BasicFileAttributes attributes = Files.readAttributes(entry, BasicFileAttributes.class);
      Path path = UserPath.below(folder, name);
      if (attributes.isDirectory()) {
        return FoundName.folder(name, path, attributes.fileKey());
      }
      return attributes.isRegularFile()
          ? FoundName.file(name, path, attributes.size())
          : FoundName.other(name, "it is neither a file nor a folder");
    } catch (IOException e) {
      return FoundName.other(name, reason(entry, e));
    }
  }

  private static String reason(java.nio.file.Path entry, IOException e) {
    if (Files.isSymbolicLink(entry) && e instanceof NoSuchFileException) {
      return "it is a link to nothing";
    }
    String said =
        e instanceof FileSystemException failed && failed.getReason() != null
            ? failed.getReason()
            : e.getMessage();
    return FolderListing.reason(e).orElse("it cannot be looked at: " + said);
  }

  private static String lastPart(java.nio.file.Path entry) {
    return entry.getFileName().toString();
  }

  /** Whether a name is the same after it was a text. */
  private static boolean isText(java.nio.file.Path entry) {
    try {
      return entry.equals(java.nio.file.Path.of(entry.toString()));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static String bytes(java.nio.file.Path entry) {
    return entry.toUri().getRawPath().replaceFirst("/$", "").replaceFirst(".*/", "");
  }

  private static String noText() {
    String charset = System.getProperty("sun.jnu.encoding");
    return "UTF-8".equals(charset)
        ? "its name has bytes that are no UTF-8; rename it"
        : "its name is not of this locale's charset, %s; set LC_ALL to C.UTF-8 where Java starts"
            .formatted(charset);
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}

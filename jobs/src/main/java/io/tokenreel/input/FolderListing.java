package io.tokenreel.input;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.security.AccessControlException;

/** The names in one folder, each of them, one after another. */
interface FolderListing extends Closeable {

  /** The next name; null after the last. */
  FoundName next() throws IOException;

  /** Opens a folder of any file system. */
  static FolderListing open(FileSystem files, Path folder) throws IOException {
    return files instanceof LocalFileSystem local
        ? new LocalListing(local, folder)
        : new StoreListing(files.listStatusIterator(folder));
  }

  /** Why a folder or file is left out that a failure stands for; empty where the walk must stop. */
  static Optional<String> reason(IOException e) {
    if (e instanceof AccessDeniedException || e instanceof AccessControlException) {
      return Optional.of("it may not be read");
    }
    if (e instanceof NoSuchFileException || e instanceof FileNotFoundException) {
      return Optional.of("it was deleted before it was listed");
    }
    return Optional.empty();
  }

  /** As a Hadoop file system lists a folder. */
  final class StoreListing implements FolderListing {

    private final RemoteIterator<FileStatus> entries;

    private StoreListing(RemoteIterator<FileStatus> entries) {
      this.entries = entries;
    }

    @Override
    public FoundName next() throws IOException {
      if (!entries.hasNext()) {
        return null;
      }
      FileStatus found = entries.next();
      String name = found.getPath().getName();
      return found.isDirectory()
          ? FoundName.folder(name, found.getPath(), null)
          : FoundName.file(name, found.getPath(), found.getLen());
    }

    @Override
    public void close() {}
  }
}

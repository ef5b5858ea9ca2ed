package io.tokenreel.cache.commit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local files as S3A has an object store, under the scheme {@code copying}: a file appears
 * whole when it is closed, whoever looked for it before, the last one stays, and a rename copies
 * and then deletes, file by file. It can be stopped between a copy and the deletion.
 */
public final class CopyingStore extends RawLocalFileSystem {

  /** Stands for the end of a process. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static final AtomicInteger COPIES_LEFT = new AtomicInteger();

  static void install(Configuration conf) {
    conf.setClass("fs.copying.impl", CopyingStore.class, FileSystem.class);
  }

  static Path path(java.nio.file.Path local) {
    return new Path("copying", null, local.toString());
  }

  /** Stops after a number of copies to places that are not below {@code _staging}; 0: never. */
  static void killAfter(int copies) {
    COPIES_LEFT.set(copies);
  }

  @Override
  public String getScheme() {
    return "copying";
  }

  @Override
  public URI getUri() {
    return URI.create("copying:///");
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    if (!overwrite && exists(path)) {
      throw new FileAlreadyExistsException(path.toString());
    }
    mkdirs(path.getParent());
    return new FSDataOutputStream(new Object(pathToFile(path).toPath()), null);
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return create(path, overwrite, bufferSize, replication, blockSize, progress);
  }

  private static final class Object extends ByteArrayOutputStream {

    private final java.nio.file.Path place;

    Object(java.nio.file.Path place) {
      this.place = place;
    }

    @Override
    public void close() throws IOException {
      java.nio.file.Path whole = Files.createTempFile("object", "");
      Files.write(whole, toByteArray());
      Files.move(whole, place, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    if (getFileStatus(from).isDirectory()) {
      for (FileStatus child : listStatus(from)) {
        rename(child.getPath(), new Path(to, child.getPath().getName()));
      }
      return delete(from, true);
    }
    mkdirs(to.getParent());
    Files.copy(pathToFile(from).toPath(), pathToFile(to).toPath());
    if (!to.toString().contains("_staging") && COPIES_LEFT.getAndDecrement() == 1) {
      throw new Killed();
    }
    return delete(from, false);
  }
}

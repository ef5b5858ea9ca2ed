package io.tokenreel.pipeline.run;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local files under the scheme {@code flaky}: it counts how often each video is opened, which
 * is how often it is decoded, and fails to create the next tokens files when told to.
 */
public final class FlakyFileSystem extends RawLocalFileSystem {

  private static final Map<String, Integer> OPENED = new ConcurrentSkipListMap<>();
  private static final AtomicInteger FAILURES_LEFT = new AtomicInteger();

  static void install(Configuration conf) {
    conf.setClass("fs.flaky.impl", FlakyFileSystem.class, FileSystem.class);
  }

  static String flaky(Path local) {
    return "flaky://" + local.toAbsolutePath();
  }

  /** Forgets what was opened; the next tokens files, as many as said, cannot be created. */
  static void failNext(int tokensFiles) {
    OPENED.clear();
    FAILURES_LEFT.set(tokensFiles);
  }

  static int failuresLeft() {
    return FAILURES_LEFT.get();
  }

  /** File name of each video that was opened to how often it was. */
  static Map<String, Integer> opened() {
    return new TreeMap<>(OPENED);
  }

  @Override
  public String getScheme() {
    return "flaky";
  }

  @Override
  public URI getUri() {
    return URI.create("flaky:///");
  }

  @Override
  public FSDataInputStream open(org.apache.hadoop.fs.Path path, int bufferSize) throws IOException {
    if (path.getName().matches(".*[.](mp4|mov|mkv)")) {
      OPENED.merge(path.getName(), 1, Integer::sum);
    }
    return super.open(path, bufferSize);
  }

  @Override
  public FSDataOutputStream create(
      org.apache.hadoop.fs.Path path,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    failPerhaps(path);
    return super.create(path, overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  public FSDataOutputStream create(
      org.apache.hadoop.fs.Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    failPerhaps(path);
    return super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
  }

  private static void failPerhaps(org.apache.hadoop.fs.Path path) throws IOException {
    boolean tokens = path.toString().matches(".*/tokens/.*[.]parquet");
    if (tokens && FAILURES_LEFT.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IOException("a disk that fails on purpose: " + path);
    }
  }
}

package io.tokenreel.testing;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.impl.OpenFileParameters;

/**
 * The local files under the scheme {@code counted}, where every read that does not go on where the
 * last one of its stream ended counts as a range, and every byte that is read counts.
 */
public final class CountingFileSystem extends RawLocalFileSystem {

  private static final AtomicLong RANGES = new AtomicLong();
  private static final AtomicLong BYTES = new AtomicLong();

  /** With the scheme. */
  public static Configuration configuration() {
    Configuration conf = new Configuration();
    conf.setClass("fs.counted.impl", CountingFileSystem.class, FileSystem.class);
    return conf;
  }

  /** A local path under the scheme. */
  public static Path counted(Path local) {
    return new Path(URI.create("counted://" + local.toUri().getPath()));
  }

  /** Counts from 0. */
  public static void reset() {
    RANGES.set(0);
    BYTES.set(0);
  }

  /** Ranges since {@link #reset}, in all threads. */
  public static long ranges() {
    return RANGES.get();
  }

  /** Bytes since {@link #reset}, in all threads. */
  public static long bytes() {
    return BYTES.get();
  }

  @Override
  public String getScheme() {
    return "counted";
  }

  @Override
  public URI getUri() {
    return URI.create("counted:///");
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    // Without RawLocalFileSystem's own buffer: what is asked for is what is counted.
    return new FSDataInputStream(new CountingStream(super.open(path, bufferSize)));
  }

  @Override
  protected CompletableFuture<FSDataInputStream> openFileWithOptions(
      Path path, OpenFileParameters parameters) throws IOException {
    return CompletableFuture.completedFuture(open(path, parameters.getBufferSize()));
  }

  private static final class CountingStream extends FSInputStream {

    private final FSDataInputStream in;
    private long rangeEnd = -1;

    CountingStream(FSDataInputStream in) {
      this.in = in;
    }

    private int count(long position, int bytes) {
      if (bytes > 0) {
        if (position != rangeEnd) {
          RANGES.incrementAndGet();
        }
        rangeEnd = position + bytes;
        BYTES.addAndGet(bytes);
      }
      return bytes;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return count(in.getPos(), in.read(bytes, offset, length));
    }

    @Override
    public int read(long position, byte[] bytes, int offset, int length) throws IOException {
      return count(position, in.read(position, bytes, offset, length));
    }

    @Override
    public void seek(long position) throws IOException {
      in.seek(position);
    }

    @Override
    public long getPos() throws IOException {
      return in.getPos();
    }

    @Override
    public boolean seekToNewSource(long position) {
      return false;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}

package io.tokenreel.video;

import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * A file system whose URIs say how it misbehaves: {@code hostile://unknown/}, {@code
 * hostile://hang-open/}, {@code hostile://hang-read/}, {@code hostile://break/}, {@code
 * hostile://break-twice/}, {@code hostile://endless/}; of break-twice, each third opening gives
 * {@value #WHOLE}.
 */
public final class HostileFileSystem extends RawLocalFileSystem {

  /** A file whose first ten bytes come before it breaks. */
  static final String WHOLE = "xxxxxxxxxx, whole";

  private static final AtomicInteger OPENED = new AtomicInteger();

  private URI uri;

  /** A configuration that knows it. */
  public static Configuration configuration() {
    Configuration hadoop = new Configuration(false);
    hadoop.set("fs.hostile.impl", HostileFileSystem.class.getName());
    return hadoop;
  }

  @Override
  public void initialize(URI uri, Configuration conf) throws IOException {
    super.initialize(uri, conf);
    this.uri = URI.create("hostile://" + uri.getHost());
    if (uri.getHost().equals("unknown")) {
      // As HDFS says it.
      throw new IllegalArgumentException(new UnknownHostException(uri.getHost()));
    }
  }

  @Override
  public URI getUri() {
    return uri == null ? URI.create("hostile:///") : uri;
  }

  /** Of every file there is, of unknown length. */
  @Override
  public FileStatus getFileStatus(Path path) {
    return new FileStatus(-1, false, 1, 1, 0, path);
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    if (uri.getHost().equals("hang-open")) {
      hang();
    }
    boolean whole = uri.getHost().equals("break-twice") && OPENED.incrementAndGet() % 3 == 0;
    return new FSDataInputStream(new Source(whole));
  }

  /** As a lock does that no interruption frees. */
  private static void hang() {
    CountDownLatch never = new CountDownLatch(1);
    while (true) {
      try {
        never.await();
      } catch (InterruptedException e) {
        // It does not listen.
      }
    }
  }

  private final class Source extends FSInputStream {

    private final boolean whole;
    private int position;

    Source(boolean whole) {
      this.whole = whole;
    }

    /** A transport stream's packets for ever, or byte after byte. */
    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (!uri.getHost().equals("endless")) {
        return super.read(buffer, offset, length);
      }
      for (int i = offset; i < offset + length; i++) {
        buffer[i] = (byte) (position++ % 188 == 0 ? 0x47 : 0xff);
      }
      return length;
    }

    @Override
    public int read() throws IOException {
      int at = position++;
      if (whole) {
        return at < WHOLE.length() ? WHOLE.charAt(at) : -1;
      }
      if (at < 10) {
        return WHOLE.charAt(at);
      }
      if (uri.getHost().equals("hang-read")) {
        hang();
      }
      throw new IOException("the connection broke");
    }

    @Override
    public void seek(long target) {
      throw new UnsupportedOperationException("nobody seeks");
    }

    @Override
    public long getPos() {
      return position;
    }

    @Override
    public boolean seekToNewSource(long target) {
      return false;
    }
  }
}

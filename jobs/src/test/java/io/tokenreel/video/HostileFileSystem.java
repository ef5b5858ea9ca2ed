package io.tokenreel.video;

import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.CountDownLatch;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * A file system whose URIs say how it misbehaves: {@code hostile://unknown/}, {@code
 * hostile://hang-open/}, {@code hostile://hang-read/}, {@code hostile://break/}.
 */
public final class HostileFileSystem extends RawLocalFileSystem {

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

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    if (uri.getHost().equals("hang-open")) {
      hang();
    }
    return new FSDataInputStream(new Source());
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

    private int position;

    @Override
    public int read() throws IOException {
      if (position++ < 10) {
        return 'x';
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

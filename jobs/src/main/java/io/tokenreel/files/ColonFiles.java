package io.tokenreel.files;

import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * The local files under a scheme of their own, for Spark to read those whose names have colons. The
 * file system that Spark gets for {@code file:} is Hadoop's, which fails on them; see {@link
 * LocalFiles}.
 */
public final class ColonFiles extends RawLocalFileSystem {

  private static final String SCHEME = "tokenreel-local";

  /** For Hadoop, which makes it by its name. */
  public ColonFiles() {}

  /** A local file's path in this scheme. */
  static Path of(Path local, Configuration hadoop) {
    hadoop.setClass("fs." + SCHEME + ".impl", ColonFiles.class, FileSystem.class);
    return new Path(SCHEME, null, local.toUri().getPath());
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + ":///");
  }
}

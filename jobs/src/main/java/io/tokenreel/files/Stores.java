package io.tokenreel.files;

import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.util.VersionInfo;

/** The file systems that paths lie on. */
public final class Stores {

  private static final String HADOOP_AWS =
      "add --packages org.apache.hadoop:hadoop-aws:%s to spark-submit, or name its jars in TOKENREEL_JARS";

  private static final String HADOOP_AZURE = HADOOP_AWS.replace("hadoop-aws", "hadoop-azure");

  /** Scheme to what brings its file system. */
  private static final Map<String, String> BROUGHT_BY =
      Map.of(
          "s3",
          "hadoop-aws spells it s3a://; "
              + HADOOP_AWS
              + ", and write s3a:// or set --conf spark.hadoop.fs.s3.impl=org.apache.hadoop.fs.s3a.S3AFileSystem",
          "s3n",
          "hadoop-aws spells it s3a://; " + HADOOP_AWS,
          "s3a",
          HADOOP_AWS,
          "gs",
          "add Google's Cloud Storage connector for Hadoop 3 (its gcs-connector shaded jar) by --jars to spark-submit, or name it in TOKENREEL_JARS",
          "abfs",
          HADOOP_AZURE,
          "abfss",
          HADOOP_AZURE,
          "wasb",
          HADOOP_AZURE,
          "wasbs",
          HADOOP_AZURE);

  private Stores() {}

  /**
   * The file system of a path.
   *
   * @throws UnusablePathException when there is none for its scheme; the message says what to add
   * @throws IOException when it cannot be reached
   */
  public static FileSystem of(Path path, Configuration hadoop) throws IOException {
    FileSystem found;
    if (isHttp(String.valueOf(path.toUri().getScheme()))) {
      throw new UnusablePathException(
          "%s: only videos are read by HTTP; copy it to a folder or a store".formatted(path), null);
    }
    try {
      found = path.getFileSystem(hadoop);
    } catch (UnsupportedFileSystemException e) {
      throw missing(path, e);
    } catch (RuntimeException e) {
      throw e.getCause() instanceof ClassNotFoundException ? missing(path, e) : e;
    } catch (NoClassDefFoundError e) {
      throw missing(path, e); // a connector without the jars that it needs
    }
    return found.getClass() == LocalFileSystem.class ? LocalFiles.of(hadoop) : found;
  }

  /**
   * Checks that there is a file system for a URI, without reaching for it.
   *
   * @throws UnusablePathException when there is none; the message says what to add
   */
  public static void require(Path path, Configuration hadoop) {
    try {
      FileSystem.getFileSystemClass(path.toUri().getScheme(), hadoop)
          .getDeclaredConstructor()
          .newInstance();
    } catch (IOException | ReflectiveOperationException | LinkageError e) {
      throw missing(path, e);
    } catch (RuntimeException e) {
      throw e.getCause() instanceof ClassNotFoundException ? missing(path, e) : e;
    }
  }

  /** Whether a scheme is read by HTTP: videos may lie there, and nothing else. */
  public static boolean isHttp(String scheme) {
    return scheme.equals("http") || scheme.equals("https");
  }

  private static UnusablePathException missing(Path path, Throwable cause) {
    String scheme = path.toUri().getScheme();
    String add =
        BROUGHT_BY
            .getOrDefault(
                scheme,
                "add the jar that has it by --jars or --packages to spark-submit, or in TOKENREEL_JARS")
            .formatted(VersionInfo.getVersion());
    return new UnusablePathException(
        "%s: there is no file system for %s:// here; %s".formatted(path, scheme, add), cause);
  }
}

package io.tokenreel.job;

import io.tokenreel.video.UriSecrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The files below a folder, as one task lists them: they go from the file system to Spark one by
 * one, so that a folder may have millions.
 */
final class FolderWalk implements FlatMapFunction<String, Row> {

  private final SerializableConfiguration hadoop;

  private FolderWalk(SerializableConfiguration hadoop) {
    this.hadoop = hadoop;
  }

  /**
   * One row per file: its path relative to the folder, its URI, its length.
   *
   * @param schema of these three
   */
  static Dataset<Row> of(SparkSession spark, Path folder, StructType schema) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    FolderWalk walk = new FolderWalk(new SerializableConfiguration(context.hadoopConfiguration()));
    return spark.createDataFrame(
        context.parallelize(List.of(folder.toString()), 1).flatMap(walk), schema);
  }

  @Override
  public Iterator<Row> call(String folder) throws IOException {
    Path root = new Path(folder);
    String prefix = root.toUri().getPath();
    RemoteIterator<LocatedFileStatus> files =
        root.getFileSystem(hadoop.value()).listFiles(root, true);
    return new Iterator<>() {

      @Override
      public boolean hasNext() {
        try {
          return files.hasNext();
        } catch (IOException e) {
          throw unreadable(folder, e);
        }
      }

      @Override
      public Row next() {
        try {
          LocatedFileStatus file = files.next();
          Path path = file.getPath();
          String relative =
              path.toUri().getPath().substring(prefix.length()).replaceFirst("^/", "");
          return RowFactory.create(relative, path.toString(), file.getLen());
        } catch (IOException e) {
          throw unreadable(folder, e);
        }
      }
    };
  }

  private static UncheckedIOException unreadable(String folder, IOException e) {
    return new UncheckedIOException(
        "--input %s cannot be read".formatted(UriSecrets.hide(folder)), e);
  }
}

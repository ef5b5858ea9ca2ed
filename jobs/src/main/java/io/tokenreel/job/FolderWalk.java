package io.tokenreel.job;

import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import io.tokenreel.video.UriSecrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
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
 *
 * <p>Not by {@link FileSystem#listFiles}, which asks for the permissions of each file; on a local
 * disk that starts a process for each.
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
        context.parallelize(List.of(UserPath.text(folder)), 1).flatMap(walk), schema);
  }

  @Override
  public Iterator<Row> call(String folder) throws IOException {
    Path root = UserPath.of(folder);
    String prefix = root.toUri().getPath();
    FileSystem files = Stores.of(root, hadoop.value());
    Deque<RemoteIterator<FileStatus>> open = new ArrayDeque<>();
    open.push(files.listStatusIterator(root));
    return Spliterators.iterator(
        new Spliterators.AbstractSpliterator<Row>(Long.MAX_VALUE, Spliterator.NONNULL) {
          @Override
          public boolean tryAdvance(Consumer<? super Row> taken) {
            try {
              while (!open.isEmpty()) {
                if (!open.peek().hasNext()) {
                  open.pop();
                  continue;
                }
                FileStatus found = open.peek().next();
                if (!found.isDirectory()) {
                  taken.accept(row(prefix, found));
                  return true;
                }
                open.push(files.listStatusIterator(found.getPath()));
              }
              return false;
            } catch (IOException e) {
              throw unreadable(folder, e);
            }
          }
        });
  }

  private static Row row(String prefix, FileStatus file) {
    String path = file.getPath().toUri().getPath();
    return RowFactory.create(
        path.substring(prefix.length()).replaceFirst("^/", ""),
        UserPath.text(file.getPath()),
        file.getLen());
  }

  private static UncheckedIOException unreadable(String folder, IOException e) {
    return new UncheckedIOException(
        "--input %s cannot be read".formatted(UriSecrets.hide(folder)), e);
  }
}

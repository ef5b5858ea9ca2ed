package io.tokenreel.input;

import io.tokenreel.files.Stores;
import io.tokenreel.files.TaskConfiguration;
import io.tokenreel.files.UserPath;
import io.tokenreel.video.UriSecrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;

/**
 * What lies below a folder. A few names are listed by the driver, many by one task, from which they
 * go to Spark one by one, so that a folder may have millions. Links are followed, but for those
 * that lead back to a folder above them. No name is skipped: what is no file, or cannot be looked
 * at, is a row with the reason.
 *
 * <p>Not by {@link FileSystem#listFiles}, which asks for the permissions of each file; on a local
 * disk that starts a process for each.
 */
public final class FolderWalk implements FlatMapFunction<String, Row> {

  private static final long serialVersionUID = 1;

  /** Of {@link #of}. */
  public static final StructType SCHEMA =
      new StructType()
          .add("video_id", DataTypes.StringType, false)
          .add("video_uri", DataTypes.StringType, true)
          .add("video_bytes", DataTypes.LongType, true)
          .add("left_out", DataTypes.StringType, true)
          .add("problem", DataTypes.StringType, true);

  private final TaskConfiguration hadoop;

  private FolderWalk(TaskConfiguration hadoop) {
    this.hadoop = hadoop;
  }

  /**
   * One row per name that is no folder: its path relative to the folder, its URI, its length; or
   * why it is left out, which folders may be as well. A failure that the walk does not survive is
   * its last row, as {@code problem}.
   *
   * @param mostLocal so many names are listed by the driver, which are local rows then; with more,
   *     the walk is begun again by a task
   */
  public static Dataset<Row> of(SparkSession spark, Path folder, int mostLocal) {
    List<Row> local = new ArrayList<>();
    Walk here = new Walk(folder, TaskConfiguration.of(spark.sparkContext().hadoopConfiguration()));
    while (local.size() <= mostLocal && here.tryAdvance(local::add)) {
      // the walk adds to the list
    }
    here.close();
    return local.size() <= mostLocal ? LocalRows.of(spark, local, SCHEMA) : ofTask(spark, folder);
  }

  private static Dataset<Row> ofTask(SparkSession spark, Path folder) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    FolderWalk walk = new FolderWalk(TaskConfiguration.broadcast(spark));
    return spark.createDataFrame(
        context.parallelize(List.of(UserPath.text(folder)), 1).flatMap(walk), SCHEMA);
  }

  @Override
  public Iterator<Row> call(String folder) {
    Walk walk = new Walk(UserPath.of(folder), hadoop);
    if (TaskContext.get() != null) {
      TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> walk.close());
    }
    return Spliterators.iterator(walk);
  }

  /**
   * A folder that is being listed.
   *
   * @param name its path relative to the root, with a slash behind it; empty for the root
   */
  private record Open(String name, Object identity, FolderListing entries) {}

  private static final class Walk extends Spliterators.AbstractSpliterator<Row> {

    private final Path root;
    private final TaskConfiguration hadoop;
    private final Deque<Open> open = new ArrayDeque<>();
    private boolean begun;

    Walk(Path root, TaskConfiguration hadoop) {
      super(Long.MAX_VALUE, Spliterator.NONNULL);
      this.root = root;
      this.hadoop = hadoop;
    }

    @Override
    public boolean tryAdvance(Consumer<? super Row> taken) {
      try {
        FileSystem files = Stores.of(root, hadoop.value());
        if (!begun) {
          begun = true;
          Path root = files.makeQualified(this.root);
          Object identity = LocalListing.identity(files, root);
          open.push(new Open("", identity, FolderListing.open(files, root)));
        }
        Row next = next(files);
        if (next != null) {
          taken.accept(next);
        }
        return next != null;
      } catch (IOException e) {
        close();
        taken.accept(RowFactory.create("", null, null, null, UriSecrets.hide(e.toString())));
        return true;
      }
    }

    private Row next(FileSystem files) throws IOException {
      while (!open.isEmpty()) {
        Open folder = open.peek();
        FoundName found;
        try {
          found = folder.entries.next();
        } catch (IOException e) {
          String reason = FolderListing.reason(e).orElseThrow(() -> e);
          open.pop().entries.close();
          return leftOut(folder.name.replaceFirst("/$", ""), reason);
        }
        if (found == null) {
          open.pop().entries.close();
          continue;
        }
        String name = folder.name + found.name();
        switch (found.kind()) {
          case FILE:
            return RowFactory.create(name, UserPath.text(found.path()), found.bytes(), null, null);
          case UNNAMED, OTHER:
            return leftOut(name, found.reason());
          case FOLDER:
            Optional<String> closed = enter(files, name, found);
            if (closed.isPresent()) {
              return leftOut(name, closed.get());
            }
        }
      }
      return null;
    }

    /** Why a folder is not walked; empty for one that is, from now on. */
    private Optional<String> enter(FileSystem files, String name, FoundName folder)
        throws IOException {
      if (folder.identity() != null
          && open.stream().anyMatch(above -> folder.identity().equals(above.identity))) {
        return Optional.of("it is a link that leads back to a folder above it");
      }
      try {
        open.push(
            new Open(name + "/", folder.identity(), FolderListing.open(files, folder.path())));
        return Optional.empty();
      } catch (IOException e) {
        return Optional.of(FolderListing.reason(e).orElseThrow(() -> e));
      }
    }

    private static Row leftOut(String name, String reason) {
      return RowFactory.create(name, null, null, reason, null);
    }

    void close() {
      try {
        while (!open.isEmpty()) {
          open.pop().entries.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException("a folder that was listed cannot be closed", e);
      }
    }
  }
}

package io.tokenreel.eval.task;

import io.tokenreel.files.Glob;
import io.tokenreel.files.SparkFiles;
import io.tokenreel.files.Stores;
import io.tokenreel.files.UnusablePathException;
import io.tokenreel.files.UserPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.commons.io.IOUtils;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.jdk.javaapi.CollectionConverters;

/** A benchmark's files on any Hadoop file system. One thread at a time. */
public final class TaskFiles implements TaskReader.Files {

  /** Where Spark puts a row that is no JSON. */
  private static final String BROKEN = "_corrupt_record";

  private static final Map<String, String> CSV =
      Map.of("header", "true", "escape", "\"", "multiLine", "true");

  private final SparkSession spark;
  private final Path root;
  private final Function<String, double[]> frameSeconds;
  private final Map<Path, Set<String>> listings = new HashMap<>();

  /**
   * @param root folder or URI
   * @param frameSeconds times of a video's sampled frames, given its place below the root; for
   *     tasks with subtitles
   */
  public TaskFiles(SparkSession spark, String root, Function<String, double[]> frameSeconds) {
    this.spark = spark;
    this.root = UserPath.of(root);
    this.frameSeconds = frameSeconds;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException when no file matches, or it is of another format
   */
  @Override
  public List<Map<String, Object>> annotations(String pattern) {
    return matching(pattern).stream().flatMap(file -> rows(file).stream()).toList();
  }

  private List<Map<String, Object>> rows(Path file) {
    String name = file.getName();
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    SparkFiles files = SparkFiles.of(spark);
    Function<Path, Dataset<Row>> read =
        switch (ending) {
          case "parquet" -> files::parquet;
          case "json" -> files.options(Map.of("multiLine", "true"))::json;
          case "jsonl" -> files::json;
          case "csv" -> files.options(CSV)::csv;
          default ->
              throw new IllegalArgumentException(
                  "annotations end in .parquet, .json, .jsonl or .csv; got " + file);
        };
    List<Map<String, Object>> values;
    try {
      values = read.apply(file).collectAsList().stream().map(TaskFiles::values).toList();
    } catch (UnusablePathException | UncheckedIOException e) {
      throw e;
    } catch (Exception e) { // Spark's own, checked ones among them
      throw new IllegalArgumentException(
          "annotations cannot be read: %s is no sound .%s file".formatted(file, ending), e);
    }
    if (values.stream().anyMatch(row -> row.get(BROKEN) != null)) {
      throw new IllegalArgumentException(
          "annotations cannot be read: rows of %s are no objects of JSON".formatted(file));
    }
    return values;
  }

  /** In the order of their names, as the published splits number them. */
  private List<Path> matching(String pattern) {
    Path path = UserPath.below(root, pattern);
    try {
      List<FileStatus> found = Glob.matches(fileSystem(), root, pattern);
      if (found.isEmpty()) {
        throw new IllegalArgumentException("annotations cannot be read: nothing matches " + path);
      }
      return found.stream().map(FileStatus::getPath).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + path, e);
    }
  }

  private static Map<String, Object> values(Row row) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (String name : row.schema().fieldNames()) {
      values.put(name, plain(row.getAs(name)));
    }
    return values;
  }

  /** Of Java's own types, as templates and JSON take them. */
  private static Object plain(Object value) {
    if (value instanceof Row row) {
      return values(row);
    }
    if (value instanceof scala.collection.Map<?, ?> map) {
      Map<String, Object> plain = new LinkedHashMap<>();
      CollectionConverters.asJava(map)
          .forEach((key, each) -> plain.put(String.valueOf(key), plain(each)));
      return plain;
    }
    if (value instanceof scala.collection.Seq<?> list) {
      List<Object> plain = new ArrayList<>();
      CollectionConverters.asJava(list).forEach(each -> plain.add(plain(each)));
      return plain;
    }
    boolean time = value instanceof java.util.Date || value instanceof Temporal;
    return time ? value.toString() : value;
  }

  /** Folders are listed once: a benchmark has thousands of videos in a few. */
  @Override
  public boolean present(String video) {
    Path file = UserPath.below(root, video);
    return listings.computeIfAbsent(file.getParent(), this::list).contains(file.getName());
  }

  private Set<String> list(Path folder) {
    try {
      FileSystem files = fileSystem();
      FileStatus[] found = files.exists(folder) ? files.listStatus(folder) : new FileStatus[0];
      Set<String> names = new HashSet<>();
      Arrays.stream(found).forEach(file -> names.add(file.getPath().getName()));
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + folder, e);
    }
  }

  private FileSystem fileSystem() throws IOException {
    return Stores.of(root, spark.sparkContext().hadoopConfiguration());
  }

  @Override
  public String subtitles(String file, String video) {
    if (!present(file)) {
      return Subtitles.NONE;
    }
    try (FSDataInputStream in = fileSystem().open(UserPath.below(root, file))) {
      return Subtitles.of(IOUtils.toString(in, StandardCharsets.UTF_8), frameSeconds.apply(video));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}

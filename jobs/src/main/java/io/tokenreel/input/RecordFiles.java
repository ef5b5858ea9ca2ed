package io.tokenreel.input;

import static org.apache.spark.sql.functions.col;

import io.tokenreel.files.Glob;
import io.tokenreel.files.Stores;
import io.tokenreel.files.TaskConfiguration;
import io.tokenreel.files.UserPath;
import io.tokenreel.video.UriSecrets;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Reads files of records, which people made: manifests and questions. A file is read whole or
 * refused; nothing in it is skipped, cut or guessed.
 *
 * <p>Texts are read once and kept until this is closed, so that a file that changes meanwhile does
 * not matter.
 */
public final class RecordFiles implements AutoCloseable {

  private final SparkSession spark;
  private final Configuration hadoop;
  private final List<Dataset<Row>> kept = new ArrayList<>();

  public RecordFiles(SparkSession spark) {
    this.spark = spark;
    this.hadoop = spark.sparkContext().hadoopConfiguration();
  }

  /**
   * What lies under a name, or else matches it as a pattern.
   *
   * @throws FileNotFoundException when nothing does
   */
  public List<Path> matches(String name) throws IOException {
    Path path = UserPath.of(name);
    List<FileStatus> found = Glob.nameOrMatches(Stores.of(path, hadoop), path);
    if (found.isEmpty()) {
      throw new FileNotFoundException(name);
    }
    return found.stream().map(FileStatus::getPath).toList();
  }

  /**
   * Reads a file, or a folder of files as Spark writes it.
   *
   * @param path with one of the endings of {@link RecordFormat}
   * @return the columns that the caller knows under their own names, texts among them as strings;
   *     the others as they are
   * @throws IllegalArgumentException when the records are not as their format has them, or lack a
   *     required column; the message has no path
   */
  public Dataset<Row> read(Path path, KnownColumns columns) throws IOException {
    RecordFormat format =
        RecordFormat.of(path.getName())
            .orElseThrow(
                () -> new IllegalArgumentException("expected one of " + RecordFormat.known()));
    try {
      Dataset<Row> rows =
          format == RecordFormat.PARQUET
              ? new ParquetFiles(spark).read(path)
              : texts(path, format, columns);
      return columns.named(rows);
    } catch (Exception e) {
      if (e instanceof AnalysisException wrong) {
        throw new IllegalArgumentException(wrong.getSimpleMessage(), wrong);
      }
      throw e;
    }
  }

  private Dataset<Row> texts(Path path, RecordFormat format, KnownColumns columns)
      throws IOException {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    List<String> files = files(path);
    Dataset<Row> found =
        spark
            .createDataFrame(
                context
                    .parallelize(files, Math.max(1, files.size()))
                    .flatMap(new TextFiles(TaskConfiguration.broadcast(spark), format, columns)),
                TextFiles.SCHEMA)
            .persist(StorageLevel.MEMORY_AND_DISK());
    kept.add(found);
    List<Row> problems = found.filter(col("problem").isNotNull()).limit(1).collectAsList();
    if (!problems.isEmpty()) {
      String problem = UriSecrets.hide(problems.get(0).getString(2));
      String ofThisFile = path.getName() + ": ";
      throw new IllegalArgumentException(
          problem.startsWith(ofThisFile) ? problem.substring(ofThisFile.length()) : problem);
    }
    Dataset<String> records =
        found.select("record").filter(col("record").isNotNull()).as(Encoders.STRING());
    return format == RecordFormat.JSON
        ? spark.read().json(records)
        : spark.read().schema(tableSchema(found)).json(records);
  }

  private static StructType tableSchema(Dataset<Row> found) {
    List<List<String>> headers =
        found
            .filter(col("header").isNotNull())
            .select("header")
            .distinct()
            .limit(2)
            .collectAsList()
            .stream()
            .map(row -> row.<String>getList(0))
            .toList();
    if (headers.size() > 1) {
      throw new IllegalArgumentException(
          "its files have different headers: %s and %s".formatted(headers.get(0), headers.get(1)));
    }
    if (headers.isEmpty()) {
      throw new IllegalArgumentException("it is empty; the first line must name the columns");
    }
    StructType schema = new StructType();
    for (String name : headers.get(0)) {
      schema = schema.add(name, DataTypes.StringType);
    }
    return schema;
  }

  /** The files of a path; of a folder those that Spark would read. */
  private List<String> files(Path path) throws IOException {
    FileSystem system = Stores.of(path, hadoop);
    if (!system.getFileStatus(path).isDirectory()) {
      return List.of(UserPath.text(path));
    }
    List<String> files = new ArrayList<>();
    for (FileStatus file : system.listStatus(path)) {
      String name = file.getPath().getName();
      if (name.startsWith("_") || name.startsWith(".")) {
        continue;
      }
      if (file.isDirectory()) {
        throw new IllegalArgumentException(
            "it has the folder %s; name the files themselves".formatted(name));
      }
      files.add(UserPath.text(file.getPath()));
    }
    return files.stream().sorted().toList();
  }

  @Override
  public void close() {
    kept.forEach(Dataset::unpersist);
    kept.clear();
  }
}

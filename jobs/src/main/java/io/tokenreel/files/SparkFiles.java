package io.tokenreel.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Spark's reading of files, in which a path is a name: Spark's own takes brackets, braces, stars,
 * question marks and backslashes for a pattern, after having written to that very name.
 */
public final class SparkFiles {

  /** Spark has it for tables whose place a catalog names; it is in no documentation. */
  private static final String PATTERNS = "__globPaths__";

  private final SparkSession spark;
  private final Map<String, String> options;
  private final StructType schema;

  private SparkFiles(SparkSession spark, Map<String, String> options, StructType schema) {
    this.spark = spark;
    this.options = options;
    this.schema = schema;
  }

  public static SparkFiles of(SparkSession spark) {
    return new SparkFiles(spark, Map.of(), null);
  }

  /** With options of Spark's reader besides. */
  public SparkFiles options(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(options);
    all.putAll(more);
    return new SparkFiles(spark, all, schema);
  }

  public SparkFiles schema(StructType known) {
    return new SparkFiles(spark, options, known);
  }

  public Dataset<Row> parquet(Path path) {
    return read(path, DataFrameReader::parquet);
  }

  public Dataset<Row> json(Path path) {
    return read(path, DataFrameReader::json);
  }

  public Dataset<Row> csv(Path path) {
    return read(path, DataFrameReader::csv);
  }

  private Dataset<Row> read(Path path, BiFunction<DataFrameReader, String, Dataset<Row>> format) {
    DataFrameReader reader = spark.read().options(options).option(PATTERNS, "false");
    return format.apply(schema == null ? reader : reader.schema(schema), readable(path));
  }

  /** The path's text as Spark opens it. */
  private String readable(Path path) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try {
      FileSystem files = Stores.of(path, hadoop);
      Path whole = files.makeQualified(path);
      requireShown(files, whole);
      boolean failing = files instanceof LocalFileSystem && whole.getName().contains(":");
      return (failing ? ColonFiles.of(whole, hadoop) : whole).toString();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }

  private static void requireShown(FileSystem files, Path path) throws IOException {
    if (path.getName().matches("[._].*") && files.getFileStatus(path).isFile()) {
      throw new UnusablePathException(
          "%s: Spark reads no file whose name begins with . or _; rename it".formatted(path), null);
    }
  }
}

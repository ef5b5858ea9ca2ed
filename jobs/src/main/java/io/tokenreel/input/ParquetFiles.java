package io.tokenreel.input;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.udf;

import io.tokenreel.files.SparkFiles;
import io.tokenreel.files.Stores;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.Type;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;

/**
 * Reads Parquet, times in nanoseconds included, as pandas writes them and Spark does not read them:
 * they become Spark's timestamps of microseconds, and are refused where that would lose digits.
 */
final class ParquetFiles {

  private static final String NANOS_AS_LONG = "spark.sql.legacy.parquet.nanosAsLong";
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private static final UserDefinedFunction INSTANT =
      udf(
          (UDF1<Long, Instant>)
              nanos ->
                  nanos == null
                      ? null
                      : Instant.ofEpochSecond(
                          Math.floorDiv(nanos, NANOS_PER_SECOND),
                          Math.floorMod(nanos, NANOS_PER_SECOND)),
          DataTypes.TimestampType);

  private static final UserDefinedFunction LOCAL_TIME =
      udf(
          (UDF1<Long, LocalDateTime>)
              nanos ->
                  nanos == null
                      ? null
                      : LocalDateTime.ofEpochSecond(
                          Math.floorDiv(nanos, NANOS_PER_SECOND),
                          (int) Math.floorMod(nanos, NANOS_PER_SECOND),
                          ZoneOffset.UTC),
          DataTypes.TimestampNTZType);

  private final SparkSession spark;

  ParquetFiles(SparkSession spark) {
    this.spark = spark;
  }

  /** One file, or a folder of files that have one schema. */
  Dataset<Row> read(Path path) throws IOException {
    Map<String, LogicalTypeAnnotation.TimestampLogicalTypeAnnotation> nanos = nanos(path);
    if (nanos.isEmpty()) {
      return SparkFiles.of(spark).parquet(path);
    }
    // A session of its own: the setting is none of the reader's, and must not change the caller's.
    SparkSession lenient = spark.newSession();
    lenient.conf().set(NANOS_AS_LONG, "true");
    Dataset<Row> rows = SparkFiles.of(lenient).parquet(path);
    requireMicros(rows, List.copyOf(nanos.keySet()));
    for (Map.Entry<String, LogicalTypeAnnotation.TimestampLogicalTypeAnnotation> column :
        nanos.entrySet()) {
      UserDefinedFunction time = column.getValue().isAdjustedToUTC() ? INSTANT : LOCAL_TIME;
      rows = rows.withColumn(column.getKey(), time.apply(quoted(column.getKey())));
    }
    return rows;
  }

  private static void requireMicros(Dataset<Row> rows, List<String> columns) {
    Column[] finer =
        columns.stream()
            .map(name -> count_if(pmod(quoted(name), lit(1000)).notEqual(0)))
            .toArray(Column[]::new);
    Row counts = rows.agg(finer[0], Arrays.copyOfRange(finer, 1, finer.length)).first();
    for (int i = 0; i < finer.length; i++) {
      if (counts.getLong(i) > 0) {
        throw new IllegalArgumentException(
            "its column %s has %d times that are finer than a microsecond, which Spark does not have; round them"
                .formatted(columns.get(i), counts.getLong(i)));
      }
    }
  }

  /** Columns of nanoseconds, by name. */
  private Map<String, LogicalTypeAnnotation.TimestampLogicalTypeAnnotation> nanos(Path path)
      throws IOException {
    Map<String, LogicalTypeAnnotation.TimestampLogicalTypeAnnotation> nanos = new LinkedHashMap<>();
    for (Type column : footer(path)) {
      if (column.getLogicalTypeAnnotation()
              instanceof LogicalTypeAnnotation.TimestampLogicalTypeAnnotation time
          && time.getUnit() == LogicalTypeAnnotation.TimeUnit.NANOS) {
        nanos.put(column.getName(), time);
      }
    }
    return nanos;
  }

  private List<Type> footer(Path path) throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    FileSystem files = Stores.of(path, hadoop);
    Path file = first(files, path);
    InputFile opened =
        files instanceof LocalFileSystem local
            ? new LocalInputFile(local.pathToFile(file).toPath())
            : HadoopInputFile.fromPath(file, hadoop);
    try (ParquetFileReader reader = ParquetFileReader.open(opened)) {
      return reader.getFooter().getFileMetaData().getSchema().getFields();
    } catch (FileNotFoundException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(
          "%s is not Parquet, or is damaged: %s".formatted(file.getName(), e.getMessage()), e);
    }
  }

  private static Path first(FileSystem files, Path path) throws IOException {
    if (!files.getFileStatus(path).isDirectory()) {
      return path;
    }
    List<FileStatus> found = new ArrayList<>();
    RemoteIterator<LocatedFileStatus> all = files.listFiles(path, true);
    while (all.hasNext()) {
      FileStatus file = all.next();
      String name = file.getPath().getName();
      if (!name.startsWith("_") && !name.startsWith(".")) {
        found.add(file);
      }
    }
    return found.stream()
        .map(FileStatus::getPath)
        .min(Comparator.naturalOrder())
        .orElseThrow(() -> new IllegalArgumentException("it holds no Parquet file"));
  }

  private static Column quoted(String name) {
    return col("`" + name.replace("`", "``") + "`");
  }
}

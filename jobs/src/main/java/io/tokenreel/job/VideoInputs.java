package io.tokenreel.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.substring_index;

import io.tokenreel.cache.CacheSchema;
import io.tokenreel.cache.UriColumns;
import io.tokenreel.files.Glob;
import io.tokenreel.files.SparkFiles;
import io.tokenreel.files.Stores;
import io.tokenreel.files.UnusablePathException;
import io.tokenreel.files.UserPath;
import io.tokenreel.video.UriSecrets;
import io.tokenreel.video.VideoFormat;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * The input videos of a job: what {@code --input} names, as rows of {@code video_id, video_uri,
 * video_bytes} and the manifest's own columns.
 *
 * <ul>
 *   <li>a folder is walked for files with a video's ending; the id is the path relative to the
 *       folder,
 *   <li>a file or a glob takes each file whatever its ending; the id is the file's name,
 *   <li>a manifest ({@code .csv} with a header, {@code .jsonl}, {@code .parquet}; one file, or a
 *       folder of files as Spark writes it) has {@code video_uri}, relative to where the manifest
 *       lies or absolute, and optionally {@code video_id} and {@code video_bytes}, by which large
 *       videos are known before they are opened; other columns pass through.
 * </ul>
 */
final class VideoInputs {

  /** Endings that a folder is walked for. */
  static final Set<String> VIDEO_ENDINGS = Set.copyOf(VideoFormat.allEndings());

  /** Names that the job gives, on the way, to columns that are in none of the cache's tables. */
  private static final Pattern WORKING_NAMES =
      Pattern.compile(
          Stream.concat(
                  Stream.of(
                      VideoWeight.BYTES,
                      "encoding",
                      Compressions.COLUMN,
                      "cell",
                      "separators",
                      "found",
                      "found_ms"),
                  PrecomputeStages.COLUMNS.stream()
                      .filter(name -> !CacheSchema.fixedNames().contains(name))
                      .sorted())
              .collect(Collectors.joining("|")),
          Pattern.CASE_INSENSITIVE);

  private static final String BYTES = VideoWeight.BYTES;

  private static final StructType LISTED =
      new StructType()
          .add("video_id", DataTypes.StringType, false)
          .add("video_uri", DataTypes.StringType, false)
          .add("video_bytes", DataTypes.LongType, true);

  private final SparkSession spark;
  private final Configuration hadoop;
  private final List<Row> listed = new ArrayList<>();
  private final List<Dataset<Row>> walks = new ArrayList<>();
  private Dataset<Row> manifests;

  private VideoInputs(SparkSession spark) {
    this.spark = spark;
    this.hadoop = spark.sparkContext().hadoopConfiguration();
  }

  /**
   * What was found; to be closed when the videos are not read any more.
   *
   * @param videos one row per video, ids unique
   * @param leftOut files of walked folders that do not have a video's ending
   * @param walks the folders' files, which are kept so that each folder is walked once
   */
  record Found(Dataset<Row> videos, LeftOut leftOut, List<Dataset<Row>> walks)
      implements AutoCloseable {

    @Override
    public void close() {
      walks.forEach(Dataset::unpersist);
    }
  }

  /**
   * Lists the inputs.
   *
   * @throws SettingsException when an input is not there, holds no video, or two videos have one id
   */
  static Found list(SparkSession spark, List<String> inputs) {
    VideoInputs inputsOfRun = new VideoInputs(spark);
    try {
      return inputsOfRun.find(inputs);
    } catch (RuntimeException e) {
      inputsOfRun.walks.forEach(Dataset::unpersist);
      throw e;
    }
  }

  private Found find(List<String> inputs) {
    for (String input : inputs) {
      try {
        add(input);
      } catch (FileNotFoundException e) {
        throw new SettingsException("--input %s does not exist".formatted(input));
      } catch (IOException e) {
        throw new UncheckedIOException("--input " + input + " cannot be read", e);
      }
    }
    Dataset<Row> videos = spark.createDataFrame(listed, LISTED);
    LeftOut leftOut = LeftOut.NONE;
    if (!walks.isEmpty()) {
      Dataset<Row> walked = walks.stream().reduce(Dataset::union).orElseThrow();
      Dataset<Row> taken = walked.filter(isVideo());
      videos = listed.isEmpty() ? taken : videos.union(taken);
      leftOut = leftOut(walked.filter(not(isVideo())).select("video_id"));
    }
    if (manifests != null) {
      videos =
          listed.isEmpty() && walks.isEmpty() ? manifests : videos.unionByName(manifests, true);
    }
    requireUniqueIds(videos, inputs);
    return new Found(videos, leftOut, walks);
  }

  private void add(String input) throws IOException {
    Path path = UserPath.of(input);
    if (UserPath.scheme(input).filter(Stores::isHttp).isPresent()) {
      if (isManifest(path.getName())) {
        throw new SettingsException(
            "--input %s: a manifest is not read by HTTP; copy it to a folder or a store"
                .formatted(input));
      }
      listed.add(RowFactory.create(UserPath.of(UriSecrets.hide(input)).getName(), input, null));
      return;
    }
    for (FileStatus match : matches(Stores.of(path, hadoop), path)) {
      if (isManifest(match.getPath().getName())) {
        readManifest(match.getPath());
      } else if (match.isDirectory()) {
        walks.add(
            FolderWalk.of(spark, match.getPath(), LISTED).persist(StorageLevel.MEMORY_AND_DISK()));
      } else {
        take(UserPath.of(UriSecrets.hide(UserPath.text(match.getPath()))).getName(), match);
      }
    }
  }

  /** What is there under this very name, brackets and all, or else what the glob matches. */
  private static List<FileStatus> matches(FileSystem files, Path path) throws IOException {
    List<FileStatus> matches = Glob.nameOrMatches(files, path);
    if (matches.isEmpty()) {
      throw new FileNotFoundException(path.toString());
    }
    return matches;
  }

  /** Of a walked folder's files those that {@link #VIDEO_ENDINGS} names. */
  private static Column isVideo() {
    return lower(substring_index(col("video_id"), ".", -1)).isin(VIDEO_ENDINGS.toArray());
  }

  private static LeftOut leftOut(Dataset<Row> files) {
    long count = files.count();
    return count == 0
        ? LeftOut.NONE
        : new LeftOut(
            count,
            files.orderBy("video_id").limit(RunSummary.MAX_LISTED).collectAsList().stream()
                .map(row -> row.getString(0))
                .toList());
  }

  private void take(String id, FileStatus file) {
    listed.add(RowFactory.create(id, UserPath.text(file.getPath()), file.getLen()));
  }

  private static String ending(String name) {
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private static boolean isManifest(String name) {
    return Set.of("csv", "jsonl", "parquet").contains(ending(name));
  }

  private void readManifest(Path manifest) {
    SparkFiles files = SparkFiles.of(spark);
    Dataset<Row> rows =
        switch (ending(manifest.getName())) {
          case "csv" -> files.options(Map.of("header", "true", "escape", "\"")).csv(manifest);
          case "jsonl" -> files.json(manifest);
          default -> files.parquet(manifest);
        };
    List<String> columns = Arrays.asList(rows.columns());
    if (!columns.contains("video_uri")) {
      throw new SettingsException(
          "the manifest %s must have a column video_uri; its columns are %s"
              .formatted(manifest, columns));
    }
    Column bytes = columns.contains(BYTES) ? functions.col(BYTES) : functions.lit(null);
    requireOwnNames(manifest, rows.schema());
    requireStores(manifest, rows);
    requireValues(manifest, rows, bytes.cast("string"));
    Dataset<Row> videos =
        rows.withColumn(
                "video_id",
                columns.contains("video_id")
                    ? functions.col("video_id").cast("string")
                    : UriColumns.withoutSecrets(functions.col("video_uri")))
            .withColumn("video_uri", absolute(manifest.getParent()))
            .withColumn(BYTES, bytes.cast("long"));
    manifests = manifests == null ? videos : manifests.unionByName(videos, true);
  }

  /**
   * Reads the manifest once for what no row may have. Sizes decide which videos are begun first:
   * one may be unknown, but must not be nonsense.
   */
  private static void requireValues(Path manifest, Dataset<Row> rows, Column bytes) {
    Column withoutUri = functions.expr("video_uri is null or trim(video_uri) = ''");
    Row found =
        rows.agg(
                functions.count_if(withoutUri),
                functions.min(functions.when(not(bytes.rlike("^[0-9]{1,18}$")), bytes)))
            .first();
    if (found.getLong(0) > 0) {
      throw new SettingsException(
          "%d rows of the manifest %s have no video_uri".formatted(found.getLong(0), manifest));
    }
    if (!found.isNullAt(1)) {
      throw new SettingsException(
          "the manifest %s: video_bytes must be whole numbers of bytes, or empty; found %s"
              .formatted(manifest, found.getString(1)));
    }
  }

  /** Videos on a store that is not there would be a FAILED row each. */
  private void requireStores(Path manifest, Dataset<Row> rows) {
    Column scheme =
        functions.regexp_extract(
            functions.col("video_uri").cast("string"), "^([A-Za-z][A-Za-z0-9+.-]*):/", 1);
    for (Row each : rows.select(functions.lower(scheme)).distinct().collectAsList()) {
      String found = each.isNullAt(0) ? "" : each.getString(0);
      if (found.isEmpty() || Stores.isHttp(found)) {
        continue;
      }
      try {
        Stores.require(UserPath.of(found + ":///"), hadoop);
      } catch (UnusablePathException e) {
        throw new SettingsException(
            "the manifest %s has videos on %s".formatted(manifest, e.getMessage()));
      }
    }
  }

  /**
   * Refuses columns that would be taken for the cache's or the job's. Spark tells no case apart, so
   * neither does this: a {@code Video_ID} must not be overwritten.
   */
  private static void requireOwnNames(Path manifest, StructType schema) {
    StructType passthrough =
        new StructType(
            Arrays.stream(schema.fields())
                .filter(field -> !Set.of("video_id", "video_uri", BYTES).contains(field.name()))
                .toArray(StructField[]::new));
    try {
      CacheSchema.checkPassthrough(passthrough);
    } catch (IllegalArgumentException e) {
      throw new SettingsException("the manifest %s: %s".formatted(manifest, e.getMessage()));
    }
    List<String> clashes =
        Arrays.stream(passthrough.fieldNames())
            .filter(name -> WORKING_NAMES.matcher(name).matches())
            .toList();
    if (!clashes.isEmpty()) {
      throw new SettingsException(
          "the manifest %s: columns %s have names that the job uses itself; rename them in the manifest. These names are %s"
              .formatted(manifest, clashes, WORKING_NAMES));
    }
  }

  /**
   * A URI with a scheme or a leading slash stands; another is a name below the manifest's folder.
   */
  private static Column absolute(Path folder) {
    Column name = functions.col("video_uri");
    if (folder.toUri().getScheme().equals("file")) {
      name = functions.regexp_replace(name, UserPath.READ_AS_ENCODED.pattern(), "%25");
    }
    return functions
        .when(
            functions.col("video_uri").rlike("^([A-Za-z][A-Za-z0-9+.-]*:/|/)"),
            functions.col("video_uri"))
        .otherwise(functions.concat(functions.lit(UserPath.text(folder) + "/"), name));
  }

  private static void requireUniqueIds(Dataset<Row> videos, List<String> inputs) {
    Dataset<Row> counts = videos.groupBy("video_id").count();
    List<Row> twice = counts.filter("count > 1 or video_id is null").limit(5).collectAsList();
    if (!twice.isEmpty()) {
      throw new SettingsException(
          "every video needs an id of its own; found %s (id, times) in --input %s: give ids in a manifest"
              .formatted(twice, inputs));
    }
    if (videos.isEmpty()) {
      throw new SettingsException(
          "no videos in --input %s; a folder is walked for files that end in %s"
              .formatted(inputs, VIDEO_ENDINGS.stream().sorted().toList()));
    }
  }
}

package io.tokenreel.pipeline.input;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import io.tokenreel.files.Glob;
import io.tokenreel.files.StoreRefusal;
import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import io.tokenreel.input.FolderWalk;
import io.tokenreel.input.LocalNames;
import io.tokenreel.input.LocalRows;
import io.tokenreel.input.RecordFiles;
import io.tokenreel.input.RecordFormat;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.video.UriSecrets;
import io.tokenreel.video.VideoFormat;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;

/**
 * The input videos of a job: what {@code --input} names, as rows of {@code video_id, video_uri,
 * video_bytes} and the manifest's own columns. Every name that is found is a row, or left out with
 * a reason, or ends the job before it starts.
 *
 * <ul>
 *   <li>a folder is walked for files with a video's ending; the id is the path relative to the
 *       folder,
 *   <li>a file, or those of a glob, must have such an ending as well; the id is the file's name,
 *   <li>a manifest is read as {@link VideoManifest} has it.
 * </ul>
 */
public final class VideoInputs {

  /** Endings that a folder is walked for. */
  static final Set<String> VIDEO_ENDINGS = new TreeSet<>(VideoFormat.allEndings());

  /** Why a name is left out; NULL for a video. */
  static final String LEFT_OUT = "left_out";

  static final String ID = "video_id";
  static final String PROBLEM = "problem";
  static final Column REFUSED = expr("times > 1 or video_id is null");

  private final SparkSession spark;
  private final Configuration hadoop;
  private final RecordFiles records;
  private final List<Row> listed = new ArrayList<>();
  private final List<Dataset<Row>> walks = new ArrayList<>();
  private final Optional<VideoIds> ids;
  private final int mostLocal;
  private Dataset<Row> manifests;
  private int local; // names of walks that the driver has

  private VideoInputs(SparkSession spark, String idRoot, int mostLocal) {
    this.spark = spark;
    this.mostLocal = mostLocal;
    this.records = new RecordFiles(spark);
    this.hadoop = spark.sparkContext().hadoopConfiguration();
    this.ids = Optional.ofNullable(idRoot).map(root -> new VideoIds(root, hadoop));
  }

  /**
   * What was found; to be closed when the videos are not read any more.
   *
   * @param videos one row per video, ids unique; read from {@code names}
   * @param count how many they are
   * @param leftOut what was found and is no video
   * @param names all that was found, local or persisted, so that each folder is walked once
   * @param records the manifests, which are kept as well
   */
  public record Found(
      Dataset<Row> videos, long count, LeftOut leftOut, Dataset<Row> names, RecordFiles records)
      implements AutoCloseable {

    @Override
    public void close() {
      names.unpersist();
      records.close();
    }
  }

  /**
   * Lists the inputs.
   *
   * @throws SettingsException when an input is not there, cannot be listed, or holds no video; or
   *     two videos have one id
   */
  public static Found list(SparkSession spark, List<String> inputs) {
    return list(spark, inputs, null);
  }

  /**
   * As {@link #list(SparkSession, List)}.
   *
   * @param idRoot folder below which a video's path is its id, unless a manifest has one for it;
   *     null for ids as the inputs give them
   */
  public static Found list(SparkSession spark, List<String> inputs, String idRoot) {
    return list(spark, inputs, idRoot, LocalRows.MOST);
  }

  /**
   * The same.
   *
   * @param mostLocal so many names are kept by the driver; more are left to Spark
   */
  static Found list(SparkSession spark, List<String> inputs, String idRoot, int mostLocal) {
    VideoInputs inputsOfRun = new VideoInputs(spark, idRoot, mostLocal);
    try {
      return inputsOfRun.find(inputs);
    } catch (RuntimeException e) {
      inputsOfRun.records.close();
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
        throw new SettingsException(
            "--input "
                + StoreRefusal.of(e, input).orElse("%s cannot be read: %s".formatted(input, e)));
      }
    }
    Dataset<Row> names = names();
    if (!names.isLocal()) {
      names = names.persist(StorageLevel.MEMORY_AND_DISK());
    }
    try {
      return find(names, inputs);
    } catch (RuntimeException e) {
      names.unpersist();
      throw e;
    }
  }

  private Found find(Dataset<Row> names, List<String> inputs) {
    Dataset<Row> videos =
        LocalRows.derived(names, names.filter(col(LEFT_OUT).isNull()).drop(LEFT_OUT, PROBLEM));
    List<NameTally> tallies = NameTally.of(names, inputs);
    LeftOut leftOut = leftOut(names, tallies);
    for (NameTally tally : tallies) {
      if (tally.leftOut() == null) {
        requireIds(tally, videos, inputs);
        return new Found(videos, tally.names(), leftOut, names, records);
      }
    }
    throw new SettingsException(
        "no videos in --input %s; a folder is walked for files that end in %s%s"
            .formatted(inputs, VIDEO_ENDINGS, leftOut.withTheFirst()));
  }

  /** Each name with its id, and why it is left out; few partitions, since names are small. */
  private Dataset<Row> names() {
    if (!listed.isEmpty()) {
      walks.add(
          listed.size() <= mostLocal
              ? LocalRows.of(spark, listed, FolderWalk.SCHEMA)
              : spark.createDataFrame(
                  JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(listed),
                  FolderWalk.SCHEMA));
    }
    if (walks.isEmpty()) {
      return LocalRows.derived(
          manifests,
          manifests
              .withColumn(LEFT_OUT, lit(null).cast("string"))
              .withColumn(PROBLEM, lit(null).cast("string")));
    }
    Dataset<Row> walked = walked();
    Dataset<Row> names = walked.withColumn(LEFT_OUT, reason());
    if (ids.isPresent()) {
      Column id = when(col(LEFT_OUT).isNull(), ids.get().id()).otherwise(col(ID));
      names = names.withColumn(ID, id);
    }
    if (manifests != null) {
      return names.unionByName(manifests, true);
    }
    if (walked.isLocal()) {
      return LocalRows.derived(walked, names);
    }
    return walks.size() == 1 ? names.coalesce(1) : names;
  }

  /** All names but those of manifests; together they may be too many for the driver. */
  private Dataset<Row> walked() {
    List<Row> few = new ArrayList<>();
    for (Dataset<Row> walk : walks) {
      if (walk.isLocal()) {
        few.addAll(walk.collectAsList());
      }
      if (!walk.isLocal() || few.size() > mostLocal) {
        return walks.stream().reduce(Dataset::union).orElseThrow();
      }
    }
    return LocalRows.of(spark, few, FolderWalk.SCHEMA);
  }

  private void add(String input) throws IOException {
    Path path = UserPath.of(input);
    if (UserPath.scheme(input).filter(Stores::isHttp).isPresent()) {
      String name = UserPath.of(UriSecrets.hideIn(input)).getName();
      requireVideo(input, name);
      listed.add(RowFactory.create(name, input, null, null, null));
      return;
    }
    FileSystem files = Stores.of(path, hadoop);
    List<FileStatus> matches = Glob.nameOrMatches(files, path);
    if (matches.isEmpty()) {
      throw new FileNotFoundException(path.toString());
    }
    boolean named = matches.get(0).getPath().equals(files.makeQualified(path));
    String name = nameOf(path);
    if (named && !matches.get(0).isDirectory() && RecordFormat.of(name).isEmpty()) {
      requireVideo(input, name);
    }
    for (FileStatus match : matches) {
      add(files, match);
    }
    if (!named) {
      addUnmatched(files, path);
    }
  }

  private void add(FileSystem files, FileStatus found) throws IOException {
    Path path = found.getPath();
    String name = nameOf(path);
    if (LocalNames.isSpecial(files, path)) {
      throw new SettingsException("--input %s is neither a file nor a folder".formatted(path));
    } else if (RecordFormat.of(name).isPresent()) {
      Dataset<Row> rows = new VideoManifest(records, hadoop, ids, mostLocal).read(path);
      manifests = manifests == null ? rows : manifests.unionByName(rows, true);
    } else if (found.isDirectory()) {
      Dataset<Row> walk = FolderWalk.of(spark, path, mostLocal - local);
      local += walk.isLocal() ? walk.collectAsList().size() : 0;
      walks.add(walk);
    } else {
      listed.add(RowFactory.create(name, UserPath.text(path), found.getLen(), null, null));
    }
  }

  /** A table in a format that is not read must not be tried as a video. */
  private static void requireVideo(String input, String name) {
    if (!isVideo(name)) {
      throw new SettingsException(
          "--input %s ends neither as a video nor as a manifest on a file system does. Videos end in %s; manifests in %s. A manifest may name files of any ending."
              .formatted(input, VIDEO_ENDINGS, RecordFormat.known()));
    }
  }

  private void addUnmatched(FileSystem files, Path pattern) throws IOException {
    for (FileStatus folder : Glob.nameOrMatches(files, pattern.getParent())) {
      if (folder.isDirectory()) {
        LocalNames.unmatched(files, folder.getPath())
            .forEach(
                (name, reason) -> listed.add(RowFactory.create(name, null, null, reason, null)));
      }
    }
  }

  private static String nameOf(Path path) {
    return UserPath.of(UriSecrets.hideIn(UserPath.text(path))).getName();
  }

  /** In Java: Spark's lower() has a first call look at every letter there is, for half a second. */
  private static Column reason() {
    UserDefinedFunction reason =
        udf(
            (UDF2<String, String, String>)
                (found, name) -> found != null || isVideo(name) ? found : LeftOut.ENDING,
            DataTypes.StringType);
    return reason.apply(col(LEFT_OUT), col(ID));
  }

  private static boolean isVideo(String name) {
    return VIDEO_ENDINGS.contains(
        name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }

  private static LeftOut leftOut(Dataset<Row> names, List<NameTally> tallies) {
    Map<String, Long> byReason = new HashMap<>();
    tallies.stream()
        .filter(tally -> tally.leftOut() != null)
        .forEach(tally -> byReason.put(tally.leftOut(), tally.names()));
    return byReason.isEmpty()
        ? LeftOut.NONE
        : new LeftOut(
            byReason,
            names
                .filter(col(LEFT_OUT).isNotNull())
                .select(ID, LEFT_OUT)
                .orderBy(col(LEFT_OUT).equalTo(LeftOut.ENDING), col(ID))
                .limit(LeftOut.MAX_LISTED)
                .collectAsList()
                .stream()
                .map(row -> new LeftOut.Name(row.getString(0), row.getString(1)))
                .toList());
  }

  private void requireIds(NameTally tally, Dataset<Row> videos, List<String> inputs) {
    if (tally.refused() == 0) {
      return;
    }
    ids.ifPresent(rule -> rule.requireIds(videos));
    Dataset<Row> times = videos.groupBy(ID).agg(count(lit(1)).as("times"));
    throw new SettingsException(
        "every video needs an id of its own; found %s (id, times) in --input %s: give ids in a manifest, or name the folder above the videos as --id-root"
            .formatted(times.filter(REFUSED).limit(5).collectAsList(), inputs));
  }
}

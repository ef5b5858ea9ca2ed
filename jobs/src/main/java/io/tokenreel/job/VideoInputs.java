package io.tokenreel.job;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.substring_index;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.tokenreel.files.Glob;
import io.tokenreel.files.StoreRefusal;
import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import io.tokenreel.input.FolderWalk;
import io.tokenreel.input.LocalNames;
import io.tokenreel.input.RecordFiles;
import io.tokenreel.input.RecordFormat;
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
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
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

  private static final String[] VIDEO = {"video_id", "video_uri", "video_bytes"};

  private final SparkSession spark;
  private final Configuration hadoop;
  private final RecordFiles records;
  private final List<Row> listed = new ArrayList<>();
  private final List<Dataset<Row>> walks = new ArrayList<>();
  private final List<Dataset<Row>> kept = new ArrayList<>();
  private final Optional<VideoIds> ids;
  private Dataset<Row> manifests;

  private VideoInputs(SparkSession spark, String idRoot) {
    this.spark = spark;
    this.records = new RecordFiles(spark);
    this.hadoop = spark.sparkContext().hadoopConfiguration();
    this.ids = Optional.ofNullable(idRoot).map(root -> new VideoIds(root, hadoop));
  }

  /**
   * What was found; to be closed when the videos are not read any more.
   *
   * @param videos one row per video, ids unique; persisted
   * @param count how many they are
   * @param leftOut what was found and is no video
   * @param kept what is persisted: the videos, and the folders' names, so that each folder is
   *     walked once
   * @param records the manifests, which are kept as well
   */
  public record Found(
      Dataset<Row> videos,
      long count,
      LeftOut leftOut,
      List<Dataset<Row>> kept,
      RecordFiles records)
      implements AutoCloseable {

    @Override
    public void close() {
      kept.forEach(Dataset::unpersist);
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
  static Found list(SparkSession spark, List<String> inputs, String idRoot) {
    VideoInputs inputsOfRun = new VideoInputs(spark, idRoot);
    try {
      return inputsOfRun.find(inputs);
    } catch (RuntimeException e) {
      inputsOfRun.kept.forEach(Dataset::unpersist);
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
    Dataset<Row> names =
        walks.stream().reduce(spark.createDataFrame(listed, FolderWalk.SCHEMA), Dataset::union);
    LeftOut leftOut = leftOut(names, inputs);
    Dataset<Row> videos = kept(named(names.filter(reason().isNull()).selectExpr(VIDEO)));
    ids.ifPresent(rule -> rule.requireIds(videos));
    long count = requireUniqueIds(videos, inputs, leftOut);
    return new Found(videos, count, leftOut, kept, records);
  }

  private Dataset<Row> kept(Dataset<Row> rows) {
    Dataset<Row> persisted = rows.persist(StorageLevel.MEMORY_AND_DISK());
    kept.add(persisted);
    return persisted;
  }

  private Dataset<Row> named(Dataset<Row> walked) {
    Dataset<Row> videos = ids.map(rule -> rule.named(walked)).orElse(walked);
    if (manifests == null) {
      return videos;
    }
    return listed.isEmpty() && walks.isEmpty() ? manifests : videos.unionByName(manifests, true);
  }

  private void add(String input) throws IOException {
    Path path = UserPath.of(input);
    if (UserPath.scheme(input).filter(Stores::isHttp).isPresent()) {
      String name = UserPath.of(UriSecrets.hide(input)).getName();
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
      Dataset<Row> rows = new VideoManifest(records, hadoop, ids).read(path);
      manifests = manifests == null ? rows : manifests.unionByName(rows, true);
    } else if (found.isDirectory()) {
      walks.add(kept(FolderWalk.of(spark, path)));
    } else {
      listed.add(RowFactory.create(name, UserPath.text(path), found.getLen(), null, null));
    }
  }

  /** A table in a format that is not read must not be tried as a video. */
  private static void requireVideo(String input, String name) {
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    if (!VIDEO_ENDINGS.contains(ending)) {
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
    return UserPath.of(UriSecrets.hide(UserPath.text(path))).getName();
  }

  /** Why a name is left out; NULL for a video. */
  private static Column reason() {
    Column video = lower(substring_index(col("video_id"), ".", -1)).isin(VIDEO_ENDINGS.toArray());
    return coalesce(col("left_out"), when(not(video), lit(LeftOut.ENDING)));
  }

  private static LeftOut leftOut(Dataset<Row> names, List<String> inputs) {
    Map<String, Long> byReason = new HashMap<>();
    // What a file system says of a name, behind the colon, may have the name in it.
    Dataset<Row> counts =
        names.groupBy(substring_index(reason(), ": ", 1)).agg(count(lit(1)), min("problem"));
    for (Row count : counts.collectAsList()) {
      if (!count.isNullAt(2)) {
        throw new SettingsException(
            "--input %s cannot be listed: %s".formatted(inputs, count.getString(2)));
      }
      if (!count.isNullAt(0)) {
        byReason.put(count.getString(0), count.getLong(1));
      }
    }
    return byReason.isEmpty()
        ? LeftOut.NONE
        : new LeftOut(
            byReason,
            names
                .filter(reason().isNotNull())
                .select(col("video_id"), reason().as("reason"))
                .orderBy(col("reason").equalTo(LeftOut.ENDING), col("video_id"))
                .limit(RunSummary.MAX_LISTED)
                .collectAsList()
                .stream()
                .map(row -> new LeftOut.Name(row.getString(0), row.getString(1)))
                .toList());
  }

  /** How many videos there are. */
  private static long requireUniqueIds(Dataset<Row> videos, List<String> inputs, LeftOut leftOut) {
    Column refused = expr("count > 1 or video_id is null");
    Dataset<Row> counts = videos.groupBy("video_id").count();
    Row all = counts.agg(sum("count"), count_if(refused)).first();
    if (all.getLong(1) > 0) {
      List<Row> twice = counts.filter(refused).limit(5).collectAsList();
      throw new SettingsException(
          "every video needs an id of its own; found %s (id, times) in --input %s: give ids in a manifest, or name the folder above the videos as --id-root"
              .formatted(twice, inputs));
    }
    if (all.isNullAt(0)) {
      throw new SettingsException(
          "no videos in --input %s; a folder is walked for files that end in %s%s"
              .formatted(inputs, VIDEO_ENDINGS, leftOut.withTheFirst()));
    }
    return all.getLong(0);
  }
}

package io.tokenreel.sweep;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.tokenreel.cache.commit.ForgottenIds;
import io.tokenreel.eval.judge.JudgeRequests;
import io.tokenreel.eval.stat.Average;
import io.tokenreel.eval.task.PlainJson;
import io.tokenreel.eval.task.Task;
import io.tokenreel.eval.task.TaskFiles;
import io.tokenreel.eval.task.TaskQuestion;
import io.tokenreel.eval.task.TaskReader;
import io.tokenreel.eval.task.TaskSpec;
import io.tokenreel.eval.task.Tasks;
import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import io.tokenreel.model.prompt.Scoring;
import io.tokenreel.pipeline.run.AnswerRun;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.scene.SceneSet;
import io.tokenreel.scene.SceneSplit;
import io.tokenreel.video.UriSecrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A benchmark of a sweep: what is asked of which videos.
 *
 * @param spec what was asked for
 * @param task its file
 * @param root where its files lie
 * @param forgotten videos that the sweep's folder takes no more, which nothing is asked about
 */
record SweepTask(TaskSpec spec, Task task, String root, ForgottenIds forgotten) {

  /**
   * What is asked, as the annotations have it.
   *
   * @param questions with the prompts of frames that are not known yet, where prompts show
   *     subtitles
   */
  record Read(SweepTask task, List<TaskQuestion> questions) {

    long missingVideos() {
      return questions.stream().filter(TaskQuestion::videoMissing).count();
    }

    /** Videos that are asked about and are not there, the first of them first. */
    List<String> missing() {
      return questions.stream()
          .filter(TaskQuestion::videoMissing)
          .map(question -> task.videoUri(question.video()))
          .distinct()
          .toList();
    }

    /**
     * A benchmark without a single video has no score.
     *
     * @throws SettingsException which names the task, its root and a path that was looked for
     */
    void requireVideos() {
      if (questions.isEmpty()) {
        throw new SettingsException(
            "--task %s: its annotations below root=%s ask nothing%s"
                .formatted(
                    task.task().name(),
                    task.root(),
                    task.forgotten().isEmpty()
                        ? ""
                        : " but what is about videos that the --output is to forget; tokenreel forget --lift takes them again"));
      }
      if (missingVideos() == questions.size()) {
        List<String> missing = missing();
        throw new SettingsException(
            "--task %s: none of its %d videos is below root=%s; expected %s, for one. A relative root is taken from the working folder"
                .formatted(task.task().name(), missing.size(), task.root(), missing.get(0)));
      }
    }

    /** URIs of the videos that are there, by id. */
    Map<String, String> videos() {
      Map<String, String> videos = new LinkedHashMap<>();
      for (TaskQuestion question : questions) {
        if (!question.videoMissing()) {
          videos.put(task.videoId(question.video()), task.videoUri(question.video()));
        }
      }
      return videos;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(SweepTask.class);

  /** Of the rows of {@link #rows}. */
  private static final StructType SCHEMA =
      new StructType()
          .add("task", DataTypes.StringType, false)
          .add("version", DataTypes.StringType, false)
          .add("doc_id", DataTypes.IntegerType, false)
          .add("subset", DataTypes.StringType, false)
          .add("subset_row", DataTypes.IntegerType, false)
          .add("subset_rows", DataTypes.IntegerType, false)
          .add("doc", DataTypes.StringType, false)
          .add("video_id", DataTypes.StringType, false)
          .add("video_uri", DataTypes.StringType, false)
          .add("video_missing", DataTypes.BooleanType, false)
          .add("question_id", DataTypes.StringType, false)
          .add("question", DataTypes.StringType, false)
          .add("options", DataTypes.createArrayType(DataTypes.StringType), false)
          .add("gold", DataTypes.StringType, true)
          .add("submission_key", DataTypes.StringType, true)
          .add(
              "groups", DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType), false);

  /**
   * Resolves a spec, and renders the videos of one that has no root unless they are there.
   *
   * @param output the sweep's folder; local where videos are rendered
   */
  static SweepTask of(TaskSpec spec, String output, SparkSession spark) throws IOException {
    try {
      Task task = Tasks.of(spec.task(), spec.version(), spark.sparkContext().hadoopConfiguration());
      if (spec.judge() != null && task.judge() == null) {
        throw new IllegalArgumentException(
            "task '%s' needs no judge; leave judge=%s out".formatted(task.name(), spec.judge()));
      }
      if (spec.root() != null && !spec.root().equals(UriSecrets.hideIn(spec.root()))) {
        throw new IllegalArgumentException(
            "root=%s has a secret, which would lie beside the results; give it as a property of its file system (--conf spark.hadoop.NAME=VALUE)"
                .formatted(spec.root()));
      }
      Configuration hadoop = spark.sparkContext().hadoopConfiguration();
      return new SweepTask(
          spec,
          task,
          spec.root() == null
              ? rendered(spec, output)
              : UserPath.text(resolved(spec.root(), hadoop)),
          ForgottenIds.of(hadoop, UserPath.of(output)));
    } catch (IllegalArgumentException e) {
      throw new SettingsException("--task: " + e.getMessage());
    }
  }

  /**
   * A folder's whole path, with its file system. A relative one is taken from the working folder,
   * as every path of the command line and of a file of settings is. The manifest of the videos lies
   * elsewhere, and so do its readers.
   */
  static org.apache.hadoop.fs.Path resolved(String folder, Configuration hadoop)
      throws IOException {
    org.apache.hadoop.fs.Path path = UserPath.of(folder);
    return Stores.of(path, hadoop).makeQualified(path);
  }

  private static String rendered(TaskSpec spec, String output) throws IOException {
    if (!UserPath.scheme(output).orElse("file").equals("file")) {
      throw new SettingsException(
          "--task %s renders its videos into the --output, which must be a local folder then; got %s, so render them by `tokenreel scenes` and name their folder as root"
              .formatted(TaskSpec.GENERATED, output));
    }
    String name = "%s-%d-%d".formatted(TaskSpec.GENERATED, spec.videos(), spec.questions());
    Path folder = Path.of(UserPath.of(output).toUri().getPath(), name).toAbsolutePath();
    if (!Files.exists(folder)) {
      Path unfinished = folder.resolveSibling(name + ".unfinished");
      new SceneSet(SceneSplit.TEST, 0, spec.videos(), SceneSet.SAMPLES, spec.questions())
          .write(unfinished, () -> {});
      Files.move(unfinished, folder);
    }
    return folder.toUri().toString();
  }

  /**
   * The questions that are asked, before any frame is known.
   *
   * @throws SettingsException when the annotations are not there or not as the task's file says
   */
  Read read(SparkSession spark) throws IOException {
    List<TaskQuestion> all = chosen(spark, video -> new double[0]);
    List<TaskQuestion> taken = withoutForgotten(all);
    if (taken.size() < all.size()) {
      LOG.warn(
          "{} of {} questions of {} are left out: the sweep's folder is to forget their videos (tokenreel forget --lift takes them again)",
          all.size() - taken.size(),
          all.size(),
          task.name());
    }
    return new Read(this, taken);
  }

  /**
   * The questions that are asked, with what is said in the sampled frames for tasks with subtitles.
   *
   * @param frameSeconds times of a video's sampled frames, given its id
   * @throws SettingsException when the annotations are not there or not as the task's file says
   */
  List<TaskQuestion> questions(SparkSession spark, Function<String, double[]> frameSeconds)
      throws IOException {
    return withoutForgotten(chosen(spark, frameSeconds));
  }

  private List<TaskQuestion> withoutForgotten(List<TaskQuestion> questions) {
    return questions.stream()
        .filter(question -> !forgotten.has(videoId(question.video())))
        .toList();
  }

  private List<TaskQuestion> chosen(SparkSession spark, Function<String, double[]> frameSeconds)
      throws IOException {
    try {
      TaskFiles files = new TaskFiles(spark, root, video -> frameSeconds.apply(videoId(video)));
      return spec.chosen(new TaskReader(task, files).read());
    } catch (IllegalArgumentException e) {
      throw new SettingsException("--task: " + e.getMessage());
    }
  }

  /**
   * How the questions' scores become one. Of a part of the questions, as where some are about
   * forgotten videos, the groups that it has are averaged; one that the whole benchmark lacks
   * counts 0, as upstream has it.
   */
  Average average(Dataset<Row> rows) {
    Task.Metric metric = task.metric();
    if (metric.average() == Task.Average.MICRO) {
      return Average.MICRO;
    }
    if (spec.limit() == Integer.MAX_VALUE && forgotten.isEmpty()) {
      return Average.macro(metric.over(), metric.values());
    }
    return Average.macro(
        metric.over(),
        rows.select(col("groups").getItem(metric.over())).distinct().collectAsList().stream()
            .map(row -> row.getString(0))
            .sorted()
            .toList());
  }

  /** Of a task that a language model judges. */
  JudgeRequests judgeRequests() {
    String model = spec.judge() == null ? task.judge().model() : spec.judge();
    return new JudgeRequests(task, model);
  }

  private String videoId(String video) {
    return task.dataset() + "/" + video;
  }

  private String videoUri(String video) {
    return UserPath.text(UserPath.below(UserPath.of(root), video));
  }

  /** Versions of a benchmark that ask alike share their answers; others have none in common. */
  private String questionId(TaskQuestion question) {
    String asked = DigestUtils.sha256Hex(question.prompt() + "\n" + question.options());
    return String.join("/", task.name(), String.valueOf(question.docId()), asked.substring(0, 8));
  }

  /** One row per question, without its digest. */
  Dataset<Row> rows(SparkSession spark, List<TaskQuestion> questions) {
    Stream<Row> rows =
        questions.stream()
            .map(
                question ->
                    RowFactory.create(
                        task.name(),
                        task.version(),
                        question.docId(),
                        question.place().subset(),
                        question.place().row(),
                        question.place().rows(),
                        PlainJson.write(question.doc()),
                        videoId(question.video()),
                        videoUri(question.video()),
                        question.videoMissing(),
                        questionId(question),
                        question.prompt(),
                        question.options().toArray(String[]::new),
                        question.gold(),
                        question.submissionKey(),
                        question.groups()));
    return spark.createDataFrame(rows.toList(), SCHEMA);
  }

  /**
   * The same rows as {@link AnswerRun} takes them. A prompt that is complete has no options of its
   * own; where likelihoods are compared, the model is given them.
   */
  Dataset<Row> asked(Dataset<Row> rows) {
    boolean complete = Scoring.parse(task.scoring()).generates();
    Dataset<Row> asked =
        rows.filter(col("video_missing").equalTo(false))
            .select(
                col("video_id"),
                col("question_id"),
                col("question"),
                (complete ? lit(null).cast("array<string>") : col("options")).as("options"),
                lit(null).cast("string").as("target"),
                col("task"));
    return AnswerRun.withDigest(asked);
  }
}

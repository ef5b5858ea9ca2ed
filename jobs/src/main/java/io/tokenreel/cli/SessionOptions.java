package io.tokenreel.cli;

import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.sql.TokenReelExtensions;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that every command shares: which Spark to run on, and how to report. */
public final class SessionOptions {

  private static final String MASTER = "spark.master";

  private static final String JARS = "spark.jars";
  private static final String ALL_CORES = "local[*]";
  private static final String HADOOP = "spark.hadoop.";
  private static final String EXTENSIONS = "spark.sql.extensions";
  private static final String SHUFFLE_PARTITIONS = "spark.sql.shuffle.partitions";

  /** Spark's default of 200 is for clusters; here each step would spend seconds on empty parts. */
  private static final int LOCAL_SHUFFLE_PARTITIONS_PER_CORE = 4;

  /** Of each process of a local cluster: enough for a task's frames and blocks. */
  private static final int LOCAL_EXECUTOR_MEGABYTES = 2048;

  /**
   * How many jobs, tasks and plans Spark remembers for its web page, which a local session has not:
   * by default so many that the heap grows by half a megabyte a wave, for some hundred waves.
   */
  private static final Map<String, Long> REMEMBERED =
      Map.of(
          "spark.ui.retainedJobs", 20L,
          "spark.ui.retainedStages", 20L,
          "spark.ui.retainedTasks", 100L,
          "spark.sql.ui.retainedExecutions", 20L);

  /**
   * Settings without which a session grows with every wave, in a cluster as well.
   *
   * <p>Spark 4.0.1 keeps a clone of the session for each Dataset that is persisted (SPARK-54753,
   * fixed in 4.0.2). The clone is to switch off what could change the Dataset's partitions; with
   * the first two settings there is nothing to switch off, and no clone. The third setting keeps
   * Spark from holding up to 250 MB of listings of folders, which are read once here.
   */
  private static final Map<String, String> LEAK_GUARDS =
      Map.of(
          "spark.sql.optimizer.canChangeCachedPlanOutputPartitioning", "true",
          "spark.sql.sources.bucketing.autoBucketedScan.enabled", "false",
          "spark.sql.hive.filesourcePartitionFileCacheSize", "0");

  /**
   * What a session does not need that has no Spark Connect: a class loader of its own in each
   * executor. That loader asks the driver for each class that it does not find, and the compiler of
   * generated code looks for many that do not exist.
   */
  private static final Map<String, String> NO_ARTIFACTS =
      Map.of("spark.sql.artifact.isolation.enabled", "false");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec mixee;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Spark master; default: what spark-submit was given, else local[*]")
  private String master;

  @Option(
      names = "--conf",
      paramLabel = "KEY=VALUE",
      description = "a Spark property; may be given several times")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Option(names = "--quiet", description = "no progress line and no summary text")
  private boolean quiet;

  @Option(names = "--json", description = "the summary as one JSON object on standard output")
  private boolean json;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "a .properties or .yaml file with any of these options as keys, without the dashes")
  @SuppressWarnings("UnusedVariable") // ConfigFile has read it before the command is parsed
  private String config;

  /** Extensions that the user names, and the one that has the token functions. */
  static String withOwnExtension(String extensions) {
    return Stream.concat(
            Arrays.stream(extensions.split(",")).map(String::strip).filter(name -> !name.isEmpty()),
            Stream.of(TokenReelExtensions.class.getName()))
        .distinct()
        .collect(Collectors.joining(","));
  }

  boolean quiet() {
    return quiet;
  }

  /** The line that says how far a command is, unless it was asked to be quiet. */
  public Progress progress(CommandLine command) {
    return quiet ? Progress.silent() : Progress.on(command.getErr());
  }

  public boolean json() {
    return json;
  }

  /** Hadoop's settings as the session would have them, for what needs no session. */
  Configuration hadoop() {
    Configuration hadoop = new Configuration();
    Map<String, String> given = new LinkedHashMap<>();
    System.getProperties()
        .stringPropertyNames()
        .forEach(name -> given.put(name, System.getProperty(name)));
    given.putAll(properties);
    given.forEach(
        (name, value) -> {
          if (name.startsWith(HADOOP)) {
            hadoop.set(name.substring(HADOOP.length()), value);
          }
        });
    return hadoop;
  }

  /**
   * Starts or joins the session; Spark's own launcher settings stand where no option says
   * otherwise.
   *
   * @throws SettingsException when Spark does not start with these settings
   */
  public CommandSession open(String command) {
    SparkSession.Builder builder = SparkSession.builder().appName("tokenreel " + command);
    if (master != null) {
      builder.master(master);
    } else if (System.getProperty(MASTER) == null) {
      builder
          .master(ALL_CORES)
          .config("spark.ui.enabled", "false")
          .config(
              SHUFFLE_PARTITIONS,
              (long) LOCAL_SHUFFLE_PARTITIONS_PER_CORE
                  * Runtime.getRuntime().availableProcessors());
      REMEMBERED.forEach((key, most) -> builder.config(key, most));
    }
    LEAK_GUARDS.forEach(builder::config);
    NO_ARTIFACTS.forEach(builder::config);
    properties.forEach(builder::config);
    builder.config(
        EXTENSIONS,
        withOwnExtension(properties.getOrDefault(EXTENSIONS, System.getProperty(EXTENSIONS, ""))));
    String where =
        master != null ? master : property(MASTER) != null ? property(MASTER) : ALL_CORES;
    if (where.startsWith("spark://") && property(JARS) == null && Files.isRegularFile(jar())) {
      builder.config(JARS, jar().toString()); // spark-submit sends it itself
    }
    ExecutorWatch watch = ExecutorWatch.start(where, this::property, this::say);
    try {
      return CommandSession.of(builder, watch);
    } catch (Exception e) { // Scala declares no exceptions
      watch.close();
      throw StartFailure.of(where, e);
    }
  }

  private void say(String line) {
    mixee.commandLine().getErr().println(line);
    mixee.commandLine().getErr().flush();
  }

  /** A Spark property as it was given to the command or to spark-submit; null where it was not. */
  private String property(String key) {
    return properties.getOrDefault(key, System.getProperty(key));
  }

  /**
   * A session on executors of one core each, which are processes of this machine, whatever {@code
   * --master} says; this command's own jar is theirs.
   */
  public CommandSession localCluster(String command, int executors) {
    master = "local-cluster[%d,1,%d]".formatted(executors, LOCAL_EXECUTOR_MEGABYTES);
    properties.put(JARS, jar().toString());
    return open(command);
  }

  private static Path jar() {
    try {
      return Path.of(
          SessionOptions.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("this command was not loaded from a local jar", e);
    }
  }
}

package io.tokenreel.job;

import io.tokenreel.sql.TokenReelExtensions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** The options that every command shares: which Spark to run on, and how to report. */
final class SessionOptions {

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

  boolean quiet() {
    return quiet;
  }

  boolean json() {
    return json;
  }

  /**
   * Starts or joins the session; Spark's own launcher settings stand where no option says
   * otherwise.
   */
  SparkSession session(String command) {
    SparkSession.Builder builder =
        SparkSession.builder()
            .appName("tokenreel " + command)
            .config("spark.sql.extensions", TokenReelExtensions.class.getName());
    if (master != null) {
      builder.master(master);
    } else if (System.getProperty("spark.master") == null) {
      builder.master("local[*]").config("spark.ui.enabled", "false");
    }
    properties.forEach(builder::config);
    return builder.getOrCreate();
  }
}

package io.tokenreel.cli;

import org.apache.spark.sql.SparkSession;
import scala.Option;

/** The session that a command runs in: closed with the command, unless it was there before. */
public final class CommandSession implements AutoCloseable {

  private final SparkSession spark;
  private final SparkSession before;
  private final ExecutorWatch watch;

  private CommandSession(SparkSession spark, SparkSession before, ExecutorWatch watch) {
    this.spark = spark;
    this.before = before;
    this.watch = watch;
  }

  /**
   * Starts the session that a builder describes, or joins the one that is there.
   *
   * @param watch closed with the session
   */
  static CommandSession of(SparkSession.Builder builder, ExecutorWatch watch) {
    Option<SparkSession> before =
        SparkSession.getActiveSession().orElse(SparkSession::getDefaultSession);
    return new CommandSession(builder.getOrCreate(), before.isEmpty() ? null : before.get(), watch);
  }

  public SparkSession spark() {
    return spark;
  }

  @Override
  public void close() {
    watch.close();
    if (spark != before) {
      spark.stop();
    }
  }
}

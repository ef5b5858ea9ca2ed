package io.tokenreel.job;

import org.apache.spark.sql.SparkSession;
import scala.Option;

/** The session that a command runs in: closed with the command, unless it was there before. */
final class CommandSession implements AutoCloseable {

  private final SparkSession spark;
  private final SparkSession before;

  private CommandSession(SparkSession spark, SparkSession before) {
    this.spark = spark;
    this.before = before;
  }

  /** Starts the session that a builder describes, or joins the one that is there. */
  static CommandSession of(SparkSession.Builder builder) {
    Option<SparkSession> before =
        SparkSession.getActiveSession().orElse(SparkSession::getDefaultSession);
    return new CommandSession(builder.getOrCreate(), before.isEmpty() ? null : before.get());
  }

  SparkSession spark() {
    return spark;
  }

  @Override
  public void close() {
    if (spark != before) {
      spark.stop();
    }
  }
}

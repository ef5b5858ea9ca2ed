package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.tokenreel.sql.LocalSpark;
import org.apache.spark.sql.classic.Dataset;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.execution.CacheManager;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SessionOptionsTest {

  /** A clone's memory would never come back, wave after wave. */
  @Test
  void open_datasetIsPersisted_itsPlanIsOfTheSessionAndNotOfAClone() {
    SparkSession shared = (SparkSession) LocalSpark.plain();
    SparkSession.setActiveSession(shared);
    try (CommandSession opened =
        CommandLine.populateCommand(new SessionOptions()).open("a command")) {
      SparkSession session = (SparkSession) opened.spark();
      Dataset<?> kept = (Dataset<?>) session.range(3).persist();
      try {
        CacheManager manager = session.sharedState().cacheManager();
        var data = manager.lookupCachedData(kept).get();
        assertSame(session, data.cachedRepresentation().cacheBuilder().cachedPlan().session());
      } finally {
        kept.unpersist();
      }
    }
  }

  @Test
  void hadoop_confOfTheCommand_isKnownWithoutASession() {
    SessionOptions options = new SessionOptions();
    new picocli.CommandLine(options)
        .parseArgs("--conf", "spark.hadoop.fs.s3a.endpoint=http://minio:9000");
    assertEquals("http://minio:9000", options.hadoop().get("fs.s3a.endpoint"));
  }
}

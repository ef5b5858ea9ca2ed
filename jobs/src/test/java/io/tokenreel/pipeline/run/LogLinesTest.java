package io.tokenreel.pipeline.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.testing.JobTests;
import io.tokenreel.video.HostileFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the log says about a video that fails, it says whose line it is. */
@Tag("slow")
class LogLinesTest {

  private final SparkSession spark = LocalSpark.plain();

  @TempDir Path folder;

  /** Keeps warnings and errors of this project's loggers. */
  private static final class Kept extends AbstractAppender implements AutoCloseable {

    private static final String LOGGERS = "io.tokenreel";

    private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
    private final Logger root = (Logger) LogManager.getRootLogger();

    Kept() {
      super("kept", null, null, false, Property.EMPTY_ARRAY);
      start();
      Configurator.setLevel(LOGGERS, Level.WARN); // whatever other tests want of the root
      root.addAppender(this);
    }

    @Override
    public void append(LogEvent event) {
      if (event.getLevel().isMoreSpecificThan(Level.WARN)
          && event.getLoggerName().startsWith(LOGGERS)) {
        lines.add(event.getMessage().getFormattedMessage());
      }
    }

    @Override
    public void close() {
      root.removeAppender(this);
      Configurator.setLevel(LOGGERS, (Level) null); // as the root again
      stop();
    }
  }

  @Test
  void precompute_videosThatFailInManyWays_namesTheVideoInEachLine() throws IOException {
    spark
        .sparkContext()
        .hadoopConfiguration()
        .set("fs.hostile.impl", HostileFileSystem.class.getName());
    Path text = Files.writeString(folder.resolve("text.mp4"), "not a video");
    Path manifest =
        Files.write(
            folder.resolve("videos.csv"),
            List.of(
                "video_id,video_uri",
                "clip-broken,hostile://break/v.mp4",
                "clip-nowhere,hostile://unknown/v.mp4",
                "clip-absent,/no/such/file.mp4",
                "clip-text," + text,
                "clip-sound," + JobTests.VIDEOS.resolve("hevc.mp4")));
    PrecomputeSettings settings =
        JobTests.settings(
            List.of(manifest.toString()), folder.resolve("cache").toString(), List.of("none"), 10);
    try (Kept log = new Kept()) {
      assertEquals(4, new PrecomputeJob(spark, settings, Progress.silent()).run().failed());
      // Once more, with the sound one's file gone: it is known, so that its bytes are asked for.
      Files.write(
          manifest,
          List.of("video_id,video_uri", "clip-sound,hostile://break/v.mp4", "clip-text," + text));
      assertEquals(2, new PrecomputeJob(spark, settings, Progress.silent()).run().failed());
      List<String> lines = List.copyOf(log.lines);
      assertTrue(lines.stream().anyMatch(line -> line.contains("clip-broken")), lines.toString());
      assertTrue(
          lines.stream().anyMatch(line -> line.contains("clip-sound: it cannot be read")),
          lines.toString());
      for (String line : lines) {
        assertTrue(line.matches("videos? \\[?clip-[a-z]+.*"), line);
      }
    }
  }
}

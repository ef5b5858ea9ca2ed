package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.sql.LocalSpark;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command in a session that is there. */
class TokenReelTaskTest {

  private static final SparkSession SPARK = LocalSpark.plain();

  @TempDir Path temporary;

  @Test
  void main_ofACommandThatIsDone_returnsAndLeavesTheSessionOpen() {
    Path cache = temporary.resolve("cache");
    String video = getClass().getResource("/videos/hevc.mp4").getPath();
    TokenReelTask.main(
        new String[] {"precompute", "--input", video, "--output", cache.toString(), "--quiet"});
    TokenReelTask.main(new String[] {"verify", "--cache", cache.toString(), "--quiet"});
    assertTrue(Files.isDirectory(cache.resolve("tokens")));
    assertFalse(SPARK.sparkContext().isStopped());
    assertEquals(3, SPARK.range(3).count());
  }

  @Test
  void main_ofACommandThatIsRefused_throwsWithItsExitStatus() {
    IllegalStateException failed =
        assertThrows(
            IllegalStateException.class,
            () ->
                TokenReelTask.main(
                    new String[] {"verify", "--cache", temporary.resolve("none").toString()}));
    assertTrue(failed.getMessage().contains("tokenreel verify ended with exit status 2"));
    assertFalse(SPARK.sparkContext().isStopped());
  }
}

package io.tokenreel.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.eval.task.TaskSpec;
import io.tokenreel.testing.JobTests;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RootFromTest {

  private static final String HERE = Path.of("").toAbsolutePath().toString();

  private static RootFrom of(String task, String output) throws IOException {
    return RootFrom.of(TaskSpec.parse(task), output, new Configuration());
  }

  @ParameterizedTest
  @CsvSource({
    "sweep/generated-2-5, sweep",
    "HERE/sweep/generated-2-5, sweep",
    "sweep/generated-2-5, HERE/sweep",
    "sweep/generated-2-5/videos, file:HERE/sweep/",
    "file:HERE/sweep/generated-2-5, ./sweep",
    "other/../sweep/generated-2-5, sweep"
  })
  void of_rootBelowTheOutputHoweverBothAreSpelt_isWhatAnotherTaskRenders(String root, String output)
      throws IOException {
    assertEquals(
        RootFrom.RENDERING_OF_ANOTHER,
        of("own.yaml:root=" + root.replace("HERE", HERE), output.replace("HERE", HERE)));
  }

  @ParameterizedTest
  @CsvSource({"sweep-2/generated-2-5, sweep", "sweep/../videos, sweep", "/sweep/videos, sweep"})
  void of_rootElsewhere_isTheUsers(String root, String output) throws IOException {
    assertEquals(RootFrom.USER, of("own.yaml:root=" + root, output));
  }

  @Test
  void of_taskWithoutRoot_isRendered() throws IOException {
    assertEquals(RootFrom.RENDERING, of("generated:videos=2", "sweep"));
  }

  @Test
  void of_rootOfAnUnknownFileSystem_isRefusedAndNamesTheOption() {
    JobTests.assertRefused(
        () -> {
          try {
            of("own.yaml:root=nothing://host/videos", "sweep");
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        },
        "--task: ",
        "nothing://host/videos");
  }
}

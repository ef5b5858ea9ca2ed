package io.tokenreel.eval;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/**
 * Against what lmms-eval's own functions gave once, or with {@code -Dtokenreel.upstream=FOLDER}
 * give now: checks/upstream/vectors.py writes such a folder.
 */
public class UpstreamVectorsTest {

  private static final int SHOWN = 20;

  private final UpstreamVectors vectors = new UpstreamVectors(folder());

  /** Where the vectors are. */
  public static Path folder() {
    String live = System.getProperty("tokenreel.upstream");
    try {
      return live == null
          ? Path.of(UpstreamVectorsTest.class.getResource("upstream").toURI())
          : Path.of(live);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private void assertNone(String file, BiConsumer<JsonNode, List<String>> check) {
    List<String> found = vectors.differences(file, check);
    assertTrue(vectors.compared() > 0, "no vectors in " + file);
    assertTrue(
        found.isEmpty(),
        () ->
            "%d of %d differ:%n%s"
                .formatted(
                    found.size(),
                    vectors.compared(),
                    String.join("\n", found.subList(0, Math.min(SHOWN, found.size())))));
  }

  @Test
  void score_responsesOfUpstream_areMet() {
    assertNone("scores.jsonl", vectors::scores);
  }

  @Test
  void verdict_repliesOfUpstream_areMet() {
    assertNone("verdicts.jsonl", vectors::verdict);
  }

  @Test
  void subtitles_filesOfUpstream_areMet() {
    assertNone("subtitles.jsonl", vectors::subtitles);
  }
}

package io.tokenreel.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.pipeline.run.AnswerSummary;
import io.tokenreel.pipeline.run.RunSummary;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a Java API, one after the other on one video. */
class PipelineApiTest {

  private static final SparkSession SPARK = LocalSpark.plain();

  @TempDir Path folder;

  private static Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    SPARK
        .conf()
        .getAll()
        .foreach(
            setting -> {
              settings.put(setting._1(), setting._2());
              return null;
            });
    SPARK
        .sparkContext()
        .hadoopConfiguration()
        .forEach(setting -> settings.put("hadoop " + setting.getKey(), setting.getValue()));
    return settings;
  }

  @Test
  void run_precomputeCompressAndAnswer_commitAndLeaveTheSessionAsItWas() throws IOException {
    Map<String, String> before = settings();
    String cache = folder.resolve("cache").toString();
    RunSummary precomputed =
        Precompute.into(cache)
            .inputs(Fixtures.VIDEOS.resolve("hevc.mp4").toString())
            .model(Fixtures.LLAVA_VIDEO.resolveSibling("qwen2_vl_tiny").toString())
            .fit("smart:max=12544")
            .sampling("qwen:max=4")
            .compressions("none")
            .keepFeatures()
            .device("cpu")
            .computeDtype("bf16")
            .maxVideoTokens(1000)
            .run(SPARK);
    assertEquals(1, precomputed.ok());
    assertTrue(precomputed.written().encoder().endsWith("+bf16"), precomputed.toString());
    List<RunSummary> compressed =
        Compress.from(cache, cache).compressions("vidcom2:retention=0.5").run(SPARK);
    assertEquals(1, compressed.get(0).ok());
    Path questions = folder.resolve("questions.jsonl");
    Files.writeString(
        questions,
        "{\"video_id\": \"hevc.mp4\", \"question_id\": \"1\", \"question\": \"What moves?\"}");
    List<AnswerSummary> answered =
        Answer.from(cache, cache)
            .questions(questions.toString())
            .model(Fixtures.LLAVA_VIDEO.resolveSibling("qwen2_vl_tiny").toString())
            .fit("smart:max=12544")
            .device("cpu")
            .computeDtype("f32")
            .scoring("generate:tokens=2")
            .run(SPARK);
    assertEquals(2, answered.get(0).questions());
    assertEquals("f32", answered.get(0).computed().computeDtype());
    assertEquals(
        List.of(1L, 1L),
        answered.get(0).compressions().stream()
            .map(AnswerSummary.OfCompression::answered)
            .toList());
    assertEquals(before, settings());
  }

  @Test
  void run_withoutInputs_saysWhatIsMissing() {
    String message =
        assertThrows(
                SettingsException.class,
                () -> Precompute.into(folder.toString()).device("cpu").run(SPARK))
            .getMessage();
    assertTrue(message.contains("--input"), message);
    assertThrows(IllegalArgumentException.class, () -> Precompute.into("x").sampling("all"));
    assertThrows(IllegalArgumentException.class, () -> Precompute.into("x").fit("square"));
    assertThrows(IllegalArgumentException.class, () -> Answer.from("x", "y").fit("square"));
    assertThrows(IllegalArgumentException.class, () -> Answer.from("x", "y").template("vicuna"));
    assertThrows(IllegalArgumentException.class, () -> Answer.from("x", "y").computeDtype("f8"));
    assertThrows(IllegalArgumentException.class, () -> Precompute.into("x").computeDtype("f8"));
  }
}

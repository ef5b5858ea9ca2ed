package io.tokenreel.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.sql.LocalSpark;
import io.tokenreel.video.TestDecoders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrameDecoderTest {

  private static final StructType VIDEOS =
      new StructType().add("video_id", "string").add("video_uri", "string");

  static void assertRefused(Runnable call, String... parts) {
    var error = assertThrows(IllegalArgumentException.class, call::run);
    for (String part : parts) {
      assertTrue(error.getMessage().contains(part), error.getMessage());
    }
  }

  static Set<String> names(Param<?>[] params) {
    return Arrays.stream(params).map(Param::name).collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void defaults_newStage_areThoseOfTheDocs() {
    var stage = new FrameDecoder();
    assertEquals("video_uri", stage.getInputCol());
    assertEquals("frames", stage.getOutputCol());
    assertEquals("", stage.getOrDefault(stage.idCol()));
    assertEquals("", stage.getOrDefault(stage.lengthCol()));
    assertEquals("", stage.getOrDefault(stage.modelUrl()));
    assertEquals("uniform:frames=32", stage.getOrDefault(stage.sampling()));
    assertEquals("sampled", stage.getOrDefault(stage.check()));
    assertEquals(600, stage.getOrDefault(stage.timeoutSeconds()));
    assertEquals(512, stage.getOrDefault(stage.memoryMegabytes()));
    assertEquals(12, stage.getOrDefault(stage.maxDurationHours()));
    assertEquals(256L << 20, stage.getOrDefault(stage.decodeAheadBytes()));
    assertFalse(stage.isDefined(stage.frameHeight()));
    assertFalse(stage.isDefined(stage.frameWidth()));
    assertEquals(
        new TreeSet<>(
            List.of(
                "inputCol",
                "outputCol",
                "idCol",
                "lengthCol",
                "sampling",
                "modelUrl",
                "fit",
                "frameHeight",
                "frameWidth",
                "check",
                "timeoutSeconds",
                "memoryMegabytes",
                "maxDurationHours",
                "decodeAheadBytes")),
        names(stage.params()));
  }

  @Test
  void setter_refusedValue_saysWhatIsAllowed() {
    var stage = new FrameDecoder();
    assertRefused(() -> stage.setSampling("uniform:frames=0"), "frames", "0");
    assertRefused(
        () -> stage.setSampling("random"),
        "random",
        "uniform",
        "fps",
        "keyframes",
        "qwen",
        "llava_video");
    assertRefused(() -> stage.setFit("smart:factor=0"), "factor", "from 1 to 1024; got '0'");
    assertRefused(() -> stage.setCheck("none"), "unknown check 'none'; expected sampled or full");
    assertRefused(() -> stage.setFrameSize(0, 8), "frameHeight", "0");
    assertRefused(() -> stage.setFrameSize(8, -1), "frameWidth", "-1");
    assertRefused(() -> stage.setTimeoutSeconds(0), "timeoutSeconds", "0");
    assertRefused(() -> stage.setMemoryMegabytes(0), "memoryMegabytes", "0");
    assertRefused(() -> stage.setMemoryMegabytes(191), "memoryMegabytes", "191");
    assertRefused(() -> stage.setMaxDurationHours(0), "maxDurationHours", "0");
    assertRefused(() -> stage.setDecodeAheadBytes(0), "decodeAheadBytes", "0");
    assertEquals("uniform:frames=32", stage.getOrDefault(stage.sampling()));
  }

  @Test
  void transform_withoutOneFrameSize_saysHowToSetIt() {
    Dataset<Row> videos = StageTests.videos("hevc.mp4");
    String way = "set either modelUrl to the encoder's checkpoint, whose frame size is taken, or";
    assertRefused(() -> new FrameDecoder().transform(videos), way);
    assertRefused(
        () -> new FrameDecoder().setModelUrl("default").setFrameSize(2, 3).transform(videos), way);
    assertRefused(
        () -> new FrameDecoder().setFit("fixed:2x3").setFrameSize(2, 3).transform(videos), way);
    assertRefused(
        () -> new FrameDecoder().setFit("fixed:2x3").setModelUrl("default").transform(videos), way);
  }

  @Test
  void transformSchema_unsuitedSchema_namesColumnsAndTypes() {
    var stage = new FrameDecoder();
    assertRefused(
        () -> stage.transformSchema(new StructType().add("id", "int")),
        "inputCol 'video_uri' is not among the columns [id]");
    assertRefused(
        () -> stage.transformSchema(new StructType().add("video_uri", "int")),
        "expected string (a video's path or URI); got int");
    assertRefused(
        () -> stage.transformSchema(VIDEOS.add("frames", "int")),
        "outputCol 'frames' exists already");
    assertRefused(
        () -> new FrameDecoder().setIdCol("name").transformSchema(VIDEOS), "idCol 'name'");
    assertEquals(VIDEOS.add("frames", StageSchemas.FRAMES), stage.transformSchema(VIDEOS));
  }

  @Test
  void copy_withExtraParams_keepsTheOriginal() {
    var stage = new FrameDecoder().setFrameSize(8, 6);
    FrameDecoder copy = stage.copy(new ParamMap().put(stage.sampling(), "keyframes:max=2"));
    assertEquals(stage.uid(), copy.uid());
    assertEquals(6, copy.getOrDefault(copy.frameWidth()));
    assertEquals("keyframes:max=2", copy.getOrDefault(copy.sampling()));
    assertEquals("uniform:frames=32", stage.getOrDefault(stage.sampling()));
  }

  @Test
  void countIn_sharedCounters_countsEachOutcome() {
    StageCounters shared = StageCounters.register(LocalSpark.plain().sparkContext(), "shared");
    new FrameDecoder()
        .setSampling("uniform:frames=4")
        .setFrameSize(8, 8)
        .setCheck("full")
        .countIn(shared)
        .transform(StageTests.videos("hevc.mp4", "damaged.mp4", "missing.mp4"))
        .collectAsList();
    assertEquals(3, shared.videos().value());
    assertEquals(1, shared.degraded().value());
    assertEquals(1, shared.failed().value());
  }

  @Test
  void save_andLoad_keepsUidAndParams(@TempDir Path folder) throws IOException {
    String path = folder.resolve("stage").toString();
    var stage = new FrameDecoder().setFrameSize(8, 6).setCheck("full").setDecodeAheadBytes(77);
    stage.write().session(LocalSpark.plain()).save(path);
    FrameDecoder loaded = FrameDecoder.read().load(path);
    assertEquals(stage.uid(), loaded.uid());
    assertEquals(stage.extractParamMap().toString(), loaded.extractParamMap().toString());
  }

  @Test
  void transform_goodAndBadVideos_areRowsInOrder() {
    List<Row> rows =
        new FrameDecoder()
            .setSampling("uniform:frames=2")
            .setFrameSize(8, 6)
            .transform(StageTests.videos("hevc.mp4", "README.md", "missing.mp4"))
            .collectAsList();
    Row good = rows.get(0).getStruct(2);
    assertEquals("OK", good.getAs("outcome"));
    assertEquals(8, good.<Integer>getAs("height"));
    assertEquals(6, good.<Integer>getAs("width"));
    assertEquals(2, good.getList(good.fieldIndex("pts_micros")).size());
    assertEquals(10, good.<Integer>getAs("source_frames"));
    assertEquals(10.0, good.<Double>getAs("source_rate"));
    assertEquals(List.of(0, 9), good.getList(good.fieldIndex("frame_index")));
    assertEquals(2 * 8 * 6 * 3, good.<byte[]>getAs("rgb").length);
    assertEquals(64, good.<String>getAs("content_sha256").length());
    Row text = rows.get(1).getStruct(2);
    assertEquals("FAILED", text.getAs("outcome"));
    assertNotNull(text.getAs("reason"));
    for (String field : List.of("rgb", "source_frames", "source_rate", "frame_index")) {
      assertTrue(text.isNullAt(text.fieldIndex(field)), field);
    }
    assertEquals("unreadable", rows.get(2).getStruct(2).getAs("reason"));
  }

  @Test
  void transform_nullsAndNamesInAnotherCase_areRowsInOrder() {
    Dataset<Row> videos =
        StageTests.videos("hevc.mp4", "missing.mp4")
            .selectExpr(
                "if(video_id = 'hevc.mp4', NULL, video_id) AS video_id",
                "if(video_id = 'hevc.mp4', video_uri, NULL) AS video_uri");
    List<Row> rows =
        new FrameDecoder()
            .setInputCol("VIDEO_uri")
            .setIdCol("Video_Id")
            .setSampling("uniform:frames=2")
            .setFrameSize(8, 6)
            .transform(videos)
            .collectAsList();
    assertEquals("OK", rows.get(0).getStruct(2).getAs("outcome"));
    Row none = rows.get(1).getStruct(2);
    assertEquals("unreadable", none.getAs("reason"));
    assertEquals("expected a path or URI of a video; got NULL", none.getAs("detail"));
  }

  @Test
  void transform_limitOfOne_handsTheDecoderOnWithTheTasksEnd() throws Exception {
    TestDecoders.endIdle();
    Set<Long> before = children();
    Row first =
        new FrameDecoder()
            .setSampling("uniform:frames=1")
            .setFrameSize(8, 8)
            .transform(StageTests.videos("turned_0.mov", "turned_90.mov", "turned_180.mov"))
            .limit(1)
            .collectAsList()
            .get(0);
    assertEquals("turned_0.mov", first.getString(0));
    TestDecoders.endIdle();
    for (ProcessHandle child : ProcessHandle.current().children().toList()) {
      if (!before.contains(child.pid())) {
        child.onExit().get(30, TimeUnit.SECONDS);
      }
    }
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("tokenreel-decode-ahead")) {
        thread.join(30_000);
        assertFalse(thread.isAlive(), "a decode-ahead thread outlived its task");
      }
    }
  }

  private static Set<Long> children() {
    return ProcessHandle.current()
        .children()
        .map(ProcessHandle::pid)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}

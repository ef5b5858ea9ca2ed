package io.tokenreel.stage;

import static io.tokenreel.stage.FrameDecoderTest.assertRefused;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.ml.CompressionTransformer;
import io.tokenreel.model.Models;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.sql.TokenSchemas;
import io.tokenreel.token.TokenFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VisionEncoderTest {

  private static final StructType FRAMES = new StructType().add("frames", StageSchemas.FRAMES);

  @Test
  void defaults_newStage_areThoseOfTheDocs() {
    var stage = new VisionEncoder();
    assertEquals("frames", stage.getInputCol());
    assertEquals("tokens", stage.getOutputCol());
    assertEquals("encoding", stage.getOrDefault(stage.encodingCol()));
    assertEquals("PyTorch", stage.getOrDefault(stage.engine()));
    assertEquals("default", stage.getOrDefault(stage.modelUrl()));
    assertEquals("auto", stage.getOrDefault(stage.device()));
    assertEquals("auto", stage.getOrDefault(stage.computeDtype()));
    assertEquals(32, stage.getOrDefault(stage.batchSize()));
    assertEquals("bf16", stage.getOrDefault(stage.tokenDtype()));
    assertEquals(0, stage.getOrDefault(stage.maxVideoTokens()));
    assertEquals(
        new TreeSet<>(
            List.of(
                "inputCol",
                "outputCol",
                "encodingCol",
                "engine",
                "modelUrl",
                "device",
                "batchSize",
                "computeDtype",
                "maxVideoTokens",
                "tokenDtype")),
        FrameDecoderTest.names(stage.params()));
  }

  @Test
  void setter_refusedValue_saysWhatIsAllowed() {
    var stage = new VisionEncoder();
    assertRefused(() -> stage.setEngine("MXNet"), "unknown engine 'MXNet'; expected PyTorch");
    assertRefused(() -> stage.setDevice("tpu"), "'tpu'", "auto, cpu, cuda or cuda:N");
    assertRefused(() -> stage.setComputeDtype("f8"), "unknown compute type 'f8'", "bf16, f16]");
    assertRefused(() -> stage.setBatchSize(0), "batchSize", "0");
    assertRefused(() -> stage.setMaxVideoTokens(-1), "maxVideoTokens", "-1");
    assertRefused(() -> stage.setTokenDtype("f64"), "f64", "f32", "f16", "bf16");
    assertEquals("auto", stage.getOrDefault(stage.device()));
  }

  @Test
  void transform_modelThatIsNotThere_namesItOnTheDriver(@TempDir Path folder) {
    Dataset<Row> frames =
        new FrameDecoder().setFrameSize(8, 8).transform(StageTests.videos("hevc.mp4"));
    String model = folder.resolve("absent").toString();
    assertRefused(() -> new VisionEncoder().setModelUrl(model).transform(frames), model);
  }

  @Test
  void transform_computeType_isPartOfTheEncodersName() {
    Dataset<Row> frames =
        new FrameDecoder()
            .setSampling("uniform:frames=1")
            .setModelUrl("default")
            .transform(StageTests.videos("hevc.mp4"));
    String encoder = Models.describe(Models.DEFAULT, new Configuration()).encoder();
    var stage = new VisionEncoder().setDevice("cpu");
    assertEquals(encoder, encoder(stage.transform(frames)));
    assertEquals(encoder + "+f16", encoder(stage.setComputeDtype("f16").transform(frames)));
    assertRefused(
        () -> stage.setModelUrl("default#tokenreel_compute=bf16").transform(frames),
        "names the compute type bf16, and f16 is asked for");
  }

  private static String encoder(Dataset<Row> encoded) {
    return encoded.select("encoding.encoder").first().getString(0);
  }

  @Test
  void load_stageOfBeforeComputeTypes_meansAuto(@TempDir Path folder) throws IOException {
    var stage = new VisionEncoder().setDevice("cpu").setComputeDtype("bf16");
    stage.write().session(LocalSpark.plain()).save(folder.toString() + "/stage");
    StageTests.withoutParam(folder.resolve("stage"), "computeDtype");
    VisionEncoder loaded = VisionEncoder.read().load(folder.toString() + "/stage");
    assertEquals("cpu", loaded.getOrDefault(loaded.device()));
    assertEquals("auto", loaded.getOrDefault(loaded.computeDtype()));
  }

  @Test
  void transformSchema_unsuitedSchema_namesColumnsAndTypes() {
    var stage = new VisionEncoder();
    assertRefused(
        () -> stage.transformSchema(new StructType().add("id", "int")),
        "inputCol 'frames' is not among the columns [id]");
    assertRefused(
        () -> stage.transformSchema(new StructType().add("frames", "binary")),
        "expected the frames that FrameDecoder gives",
        "got binary");
    assertRefused(
        () -> stage.transformSchema(FRAMES.add("tokens", "int")),
        "outputCol 'tokens' exists already");
    assertRefused(
        () -> stage.transformSchema(FRAMES.add("encoding", "int")),
        "encodingCol 'encoding' exists already");
    assertEquals(
        FRAMES.add("tokens", TokenSchemas.PLANED_BLOCK).add("encoding", StageSchemas.ENCODING),
        stage.transformSchema(FRAMES));
  }

  /** Version 1 had the fields up to {@code rgb}; what Parquet gives back may be NULL. */
  @Test
  void transform_framesThatAnOlderVersionSaved_areEncoded(@TempDir Path folder) {
    List<String> fields =
        List.of(
            ("outcome reason detail content_sha256 input_bytes frames_decoded decode_errors"
                    + " decode_ms attempts height width pts_micros rgb")
                .split(" "));
    VisionInfo vision = Models.describe(Models.DEFAULT, new Configuration());
    String saved = folder.resolve("frames").toString();
    new FrameDecoder()
        .setSampling("uniform:frames=2")
        .setFit(vision.fit().toString())
        .transform(StageTests.videos("hevc.mp4"))
        .select(
            struct(fields.stream().map(field -> col("frames." + field)).toArray(Column[]::new))
                .as("frames"))
        .write()
        .parquet(saved);
    Row row =
        new VisionEncoder()
            .setDevice("cpu")
            .transform(LocalSpark.plain().read().parquet(saved))
            .collectAsList()
            .get(0);
    assertEquals(2, row.<Row>getAs("tokens").<Integer>getAs("frames"));
  }

  @Test
  void transformSchema_framesOfAnotherOrder_areRefused() {
    StructField[] fields = StageSchemas.FRAMES.fields().clone();
    Collections.reverse(Arrays.asList(fields));
    assertRefused(
        () ->
            new VisionEncoder()
                .transformSchema(new StructType().add("frames", new StructType(fields))),
        "expected the frames that FrameDecoder gives");
  }

  @Test
  void copy_withExtraParams_keepsTheOriginal() {
    var stage = new VisionEncoder().setDevice("cpu");
    VisionEncoder copy = stage.copy(new ParamMap().put(stage.tokenDtype(), "f32"));
    assertEquals(stage.uid(), copy.uid());
    assertEquals("cpu", copy.getOrDefault(copy.device()));
    assertEquals("f32", copy.getOrDefault(copy.tokenDtype()));
    assertEquals("bf16", stage.getOrDefault(stage.tokenDtype()));
    assertEquals(0, stage.getOrDefault(stage.maxVideoTokens()));
  }

  @Test
  void save_andLoad_keepsUidAndParams(@TempDir Path folder) throws IOException {
    String path = folder.resolve("stage").toString();
    var stage = new VisionEncoder().setBatchSize(3).setEncodingCol("how").setTokenDtype("f16");
    stage.write().session(LocalSpark.plain()).save(path);
    VisionEncoder loaded = VisionEncoder.read().load(path);
    assertEquals(stage.uid(), loaded.uid());
    assertEquals(stage.extractParamMap().toString(), loaded.extractParamMap().toString());
  }

  @Test
  void pipeline_savedAndLoaded_decodesEncodesAndCompresses(@TempDir Path folder)
      throws IOException {
    VisionInfo vision = Models.describe(Models.DEFAULT, new Configuration());
    PipelineStage[] stages = {
      new FrameDecoder().setSampling("uniform:frames=2").setFit(vision.fit().toString()),
      new VisionEncoder().setDevice("cpu").setBatchSize(3),
      new CompressionTransformer().setCompression("none")
    };
    Dataset<Row> videos = StageTests.videos("hevc.mp4", "missing.mp4", "turned_0.mov");
    String path = folder.resolve("pipeline").toString();
    PipelineModel fitted = new Pipeline().setStages(stages).fit(videos);
    fitted.write().save(path);
    Dataset<Row> rows = PipelineModel.load(path).transform(videos);
    assertEquals(fitted.transformSchema(videos.schema()), rows.schema());

    List<Row> collected = rows.collectAsList();
    assertEquals(3, collected.size());
    for (int i : new int[] {0, 2}) {
      Row block = collected.get(i).getAs("tokens");
      assertEquals(2, block.<Integer>getAs("frames"));
      assertEquals(25, block.<Integer>getAs("tokens_per_frame"));
      assertEquals(vision.dim(), block.<Integer>getAs("dim"));
      Row encoding = collected.get(i).getAs("encoding");
      assertEquals(vision.encoder(), encoding.getAs("encoder"));
      assertArrayEquals(
          TokenFormat.BF16.encode(vision.layout().rows()),
          encoding.<byte[]>getAs("separator_rows"));
      Row kept = collected.get(i).getAs("compressed");
      assertArrayEquals(block.<byte[]>getAs("data"), kept.<byte[]>getAs("data"));
    }
    Row missing = collected.get(1);
    for (String column : List.of("tokens", "encoding", "compressed")) {
      assertTrue(missing.isNullAt(missing.fieldIndex(column)), column);
    }
  }
}

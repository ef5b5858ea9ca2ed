package io.tokenreel.ml;

import static org.apache.spark.sql.functions.lit;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.compress.Compressors;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.sql.TokenSchemas;
import io.tokenreel.testing.RandomBlocks;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompressionTransformerTest {

  private static final long SEED = 7;
  private static final TokenBlock BLOCK =
      RandomBlocks.of(RandomBlocks.Kind.NORMAL, 8, 16, 10, SEED);

  private static Dataset<Row> videos() {
    return LocalSpark.blocks(LocalSpark.plain(), BLOCK, null);
  }

  private static void assertCompressed(String spec, TokenFormat dtype, Row row) {
    var expected = BLOCK.keep(Compressors.of(spec).select(BLOCK), dtype);
    Row actual = row.getStruct(row.fieldIndex("compressed"));
    assertEquals(dtype.label(), actual.getAs("dtype"));
    assertArrayEquals(expected.data(), actual.<byte[]>getAs("data"), "seed " + SEED);
  }

  @Test
  void defaults_newStage_areThoseOfTheDocs() {
    var stage = new CompressionTransformer();
    assertEquals("tokens", stage.getInputCol());
    assertEquals("compressed", stage.getOutputCol());
    assertEquals("vidcom2:retention=0.25", stage.getCompression());
    assertEquals("same", stage.getTokenDtype());
    assertEquals("error", stage.getHandleInvalid());
    assertEquals(5, stage.params().length);
  }

  @Test
  void transform_sessionWithoutExtension_appendsTheKeptTokens() {
    var stage =
        new CompressionTransformer().setCompression("dycoke:prune=0.5").setTokenDtype("bf16");
    Dataset<Row> compressed = stage.transform(videos());
    assertEquals(stage.transformSchema(videos().schema()), compressed.schema());
    assertCompressed("dycoke:prune=0.5", TokenFormat.BF16, compressed.first());
    assertTrue(compressed.collectAsList().get(1).isNullAt(1), "NULL stays NULL");
  }

  @Test
  void transform_blockThatTheMethodRefuses_keepsTheRowAndSaysWhy() {
    TokenBlock refused = RandomBlocks.of(RandomBlocks.Kind.NORMAL, 3, 16, 10, SEED);
    Dataset<Row> videos = LocalSpark.blocks(LocalSpark.plain(), BLOCK, refused, null);
    var stage =
        new CompressionTransformer().setCompression("dycoke:prune=0.5").setHandleInvalid("keep");
    Dataset<Row> compressed = stage.transform(videos);
    assertEquals(stage.transformSchema(videos.schema()), compressed.schema());
    assertCompressed("dycoke:prune=0.5", TokenFormat.F32, compressed.first());
    Row kept = compressed.first().getStruct(1);
    assertEquals(List.of(1.0, 0.5, 0.5, 0.5, 1.0, 0.5, 1.0, 0.5), kept.getList(4));
    assertTrue(kept.isNullAt(5) && kept.getLong(6) >= 0, kept.toString());

    Row attempt = compressed.collectAsList().get(1).getStruct(1);
    assertEquals(
        "dycoke:prune=0.5: dycoke as released needs more than 4 frames; got 3: use 'dycoke:prune=0.5,mode=paper', which takes any number",
        attempt.getString(5));
    for (int field = 0; field < 5; field++) {
      assertTrue(attempt.isNullAt(field), attempt.toString());
    }
    assertTrue(compressed.collectAsList().get(2).isNullAt(1), "NULL stays NULL");
    CompressionTransformer strict = stage.copy(new ParamMap().put(stage.handleInvalid(), "error"));
    var error = assertThrows(Exception.class, () -> strict.transform(videos).collect());
    assertTrue(error.toString().contains("compress_tokens: dycoke as released"), error.toString());
  }

  @Test
  void transform_explained_readsAsTheSqlFunction() {
    String plan =
        new CompressionTransformer().transform(videos()).queryExecution().analyzed().toString();
    assertTrue(plan.contains("compress_tokens(tokens#"), plan);
    assertTrue(plan.contains("vidcom2:retention=0.25, same) AS compressed#"), plan);
  }

  @Test
  void transform_columnNameWithDots_readsThatColumn() {
    Dataset<Row> renamed = videos().withColumnRenamed("tokens", "clip.`tokens");
    var stage = new CompressionTransformer().setInputCol("clip.`tokens").setCompression("none");
    assertCompressed("none", TokenFormat.F32, stage.transform(renamed).first());
  }

  @Test
  void setter_refusedValue_saysWhatIsAllowed() {
    var stage = new CompressionTransformer();
    var spec = assertThrows(IllegalArgumentException.class, () -> stage.setCompression("vidcom3"));
    assertTrue(spec.getMessage().contains("known: " + Compressors.names()), spec.getMessage());
    var dtype = assertThrows(IllegalArgumentException.class, () -> stage.setTokenDtype("f64"));
    assertTrue(
        dtype
            .getMessage()
            .contains(
                "[same, f32, f16, bf16, int8, fp8, float32, float16, bfloat16, float8_e4m3fn]"),
        dtype.getMessage());
    var handling =
        assertThrows(IllegalArgumentException.class, () -> stage.setHandleInvalid("skip"));
    assertTrue(handling.getMessage().contains("expected error or keep"), handling.getMessage());
    assertThrows(IllegalArgumentException.class, () -> stage.setInputCol(""));
    assertEquals("vidcom2:retention=0.25", stage.getCompression());
  }

  @Test
  void paramMap_refusedValue_isRefusedToo() {
    var stage = new CompressionTransformer();
    assertThrows(
        IllegalArgumentException.class,
        () -> new ParamMap().put(stage.compression(), "vidcom2:retention=7"));
  }

  @Test
  void transformSchema_unsuitedSchema_namesColumnsAndTypes() {
    var stage = new CompressionTransformer();
    assertRefused(stage, new StructType().add("id", "int"), "inputCol 'tokens'", "[id]");
    assertRefused(
        stage,
        new StructType().add("tokens", DataTypes.createArrayType(DataTypes.FloatType)),
        "inputCol 'tokens'",
        "must be struct<frames:int",
        "got array<float>");
    assertRefused(
        stage,
        new StructType().add("tokens", TokenSchemas.BLOCK).add("compressed", "int"),
        "outputCol 'compressed' exists already");
  }

  @Test
  void transform_outputColumnInOtherCase_isRefusedAsSparkWouldReplaceIt() {
    Dataset<Row> rows = videos().withColumn("Compressed", lit(1));
    var stage = new CompressionTransformer();
    assertRefused(stage, rows.schema(), "outputCol 'compressed' exists already", "[tokens, Comp");
    assertThrows(IllegalArgumentException.class, () -> stage.transform(rows));
  }

  @Test
  void transform_inputColumnInOtherCase_isReadAsSparkDoes() {
    Dataset<Row> renamed = videos().withColumnRenamed("tokens", "Tokens");
    var stage = new CompressionTransformer().setCompression("none");
    assertCompressed("none", TokenFormat.F32, stage.transform(renamed).first());
  }

  @Test
  void transform_caseSensitiveSession_tellsNamesApart() {
    SparkSession sensitive = LocalSpark.plain().newSession();
    sensitive.conf().set("spark.sql.caseSensitive", true);
    Dataset<Row> rows = LocalSpark.blocks(sensitive, BLOCK).withColumn("Compressed", lit(1));
    var stage = new CompressionTransformer().setCompression("none");
    Row row = stage.transform(rows).first();
    assertEquals(1, row.getInt(1));
    assertCompressed("none", TokenFormat.F32, row);
    assertThrows(IllegalArgumentException.class, () -> stage.setInputCol("Tokens").transform(rows));
  }

  private static void assertRefused(
      CompressionTransformer stage, StructType schema, String... parts) {
    var error = assertThrows(IllegalArgumentException.class, () -> stage.transformSchema(schema));
    for (String part : parts) {
      assertTrue(error.getMessage().contains(part), error.getMessage());
    }
  }

  @Test
  void copy_withExtraParams_keepsTheOriginal() {
    var stage = new CompressionTransformer().setTokenDtype("f16");
    CompressionTransformer copy =
        stage.copy(new ParamMap().put(stage.compression(), "dycoke:prune=0.5"));
    assertEquals(stage.uid(), copy.uid());
    assertEquals("f16", copy.getTokenDtype());
    assertEquals("dycoke:prune=0.5", copy.getCompression());
    assertEquals("vidcom2:retention=0.25", stage.getCompression());
  }

  @Test
  void save_andLoad_keepsUidAndParams(@TempDir Path folder) throws IOException {
    String path = folder.resolve("stage").toString();
    var stage = new CompressionTransformer().setCompression("none").setOutputCol("kept");
    stage.save(path);
    CompressionTransformer loaded = CompressionTransformer.load(path);
    assertEquals(stage.uid(), loaded.uid());
    assertEquals("none", loaded.getCompression());
    assertEquals("kept", loaded.getOutputCol());
    assertEquals(stage.extractParamMap().toString(), loaded.extractParamMap().toString());
  }

  @Test
  void pipeline_savedAndLoaded_compresses(@TempDir Path folder) throws IOException {
    String path = folder.resolve("pipeline").toString();
    var stage = new CompressionTransformer().setCompression("vidcom2:retention=0.5");
    var pipeline = new Pipeline().setStages(new PipelineStage[] {stage});
    pipeline.fit(videos()).write().overwrite().save(path);
    Row row = PipelineModel.load(path).transform(videos()).first();
    assertCompressed("vidcom2:retention=0.5", TokenFormat.F32, row);
  }
}

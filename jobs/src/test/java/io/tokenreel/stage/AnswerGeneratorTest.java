package io.tokenreel.stage;

import static io.tokenreel.stage.FrameDecoderTest.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.compress.Compressors;
import io.tokenreel.ml.CompressionTransformer;
import io.tokenreel.model.Models;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.testing.RandomBlocks;
import io.tokenreel.token.StoredRows;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AnswerGeneratorTest {

  /** As the columns were before tokens had scales. */
  private static final StructType VISUAL_BEFORE =
      new StructType()
          .add("dim", "int", false)
          .add("dtype", "string", false)
          .add("data", "binary", false);

  private static final StructType SCHEMA =
      new StructType()
          .add("video_id", "string")
          .add("visual", VISUAL_BEFORE)
          .add("questions", StageSchemas.QUESTIONS);
  private static final long SEED = 5;
  private static final List<String> COLOURS = List.of("red", "blue", "green");

  @Test
  void defaults_newStage_areThoseOfTheDocs() {
    var stage = new AnswerGenerator();
    assertEquals("visual", stage.getInputCol());
    assertEquals("answers", stage.getOutputCol());
    assertEquals("questions", stage.getOrDefault(stage.questionsCol()));
    assertEquals("default", stage.getOrDefault(stage.modelUrl()));
    assertEquals("auto", stage.getOrDefault(stage.device()));
    assertEquals("auto", stage.getOrDefault(stage.computeDtype()));
    assertEquals("chat", stage.getOrDefault(stage.template()));
    assertEquals("full", stage.getOrDefault(stage.kv()));
    assertEquals("generate:tokens=16,form=letter", stage.getOrDefault(stage.scoring()));
    assertEquals(
        new TreeSet<>(
            List.of(
                "inputCol",
                "outputCol",
                "questionsCol",
                "modelUrl",
                "device",
                "computeDtype",
                "template",
                "kv",
                "scoring")),
        FrameDecoderTest.names(stage.params()));
  }

  @Test
  void setter_refusedValue_saysWhatIsAllowed() {
    var stage = new AnswerGenerator();
    assertRefused(() -> stage.setDevice("tpu"), "'tpu'", "auto, cpu, cuda or cuda:N");
    assertRefused(() -> stage.setComputeDtype("f8"), "unknown compute type 'f8'", "bf16, f16]");
    assertRefused(() -> stage.setTemplate("vicuna"), "vicuna", "chat", "qwen_1_5");
    assertRefused(() -> stage.setKv("dycoke:prune=2"), "prune", "2");
    assertRefused(() -> stage.setScoring("vote"), "vote", "generate", "options");
    assertEquals("full", stage.getOrDefault(stage.kv()));
  }

  @Test
  void load_stageOfBeforeComputeTypes_meansAuto(@TempDir Path folder) throws IOException {
    var stage = new AnswerGenerator().setDevice("cpu").setComputeDtype("bf16");
    stage.write().session(LocalSpark.plain()).save(folder.toString() + "/stage");
    StageTests.withoutParam(folder.resolve("stage"), "computeDtype");
    AnswerGenerator loaded = AnswerGenerator.read().load(folder.toString() + "/stage");
    assertEquals("cpu", loaded.getOrDefault(loaded.device()));
    assertEquals("auto", loaded.getOrDefault(loaded.computeDtype()));
  }

  @Test
  void explain_computeType_isPartOfTheDecodersName() {
    Dataset<Row> videos = videos();
    var stage = new AnswerGenerator().setDevice("cpu").setComputeDtype("bf16");
    String decoder = Models.describeLanguage(Models.DEFAULT, new Configuration()).decoder();
    String plan = stage.transform(videos).queryExecution().toString();
    assertTrue(plan.contains("answer " + decoder + "+bf16"), plan);
    assertRefused(
        () -> stage.setModelUrl("default#tokenreel_compute=f16").transform(videos),
        "names the compute type f16, and bf16 is asked for");
  }

  @Test
  void transformSchema_unsuitedSchema_namesColumnsAndTypes() {
    var stage = new AnswerGenerator();
    assertEquals(SCHEMA.add("answers", StageSchemas.ANSWERS), stage.transformSchema(SCHEMA));
    assertRefused(
        () -> stage.transformSchema(new StructType().add("visual", StageSchemas.VISUAL)),
        "questionsCol 'questions' must be a column of type array<struct<question_id",
        "among [visual]");
    assertRefused(
        () ->
            stage.transformSchema(
                new StructType().add("visual", "binary").add("questions", StageSchemas.QUESTIONS)),
        "expected visual tokens",
        "got binary");
    assertRefused(
        () -> stage.transformSchema(SCHEMA.add("answers", "int")),
        "outputCol 'answers' exists already");
  }

  @Test
  void copy_withExtraParams_keepsTheOriginal() {
    var stage = new AnswerGenerator().setDevice("cpu");
    AnswerGenerator copy = stage.copy(new ParamMap().put(stage.kv(), "dycoke:layer=2"));
    assertEquals(stage.uid(), copy.uid());
    assertEquals("cpu", copy.getOrDefault(copy.device()));
    assertEquals("dycoke:layer=2", copy.getOrDefault(copy.kv()));
    assertEquals("full", stage.getOrDefault(stage.kv()));
  }

  @Test
  void pipeline_savedAndLoaded_answersAsBefore(@TempDir Path folder) throws IOException {
    Dataset<Row> videos = videos();
    var stage =
        new AnswerGenerator()
            .setDevice("cpu")
            .setScoring("options:form=text")
            .setKv("dycoke:layer=2,prune=0.5");
    stage.write().save(folder.resolve("stage").toString());
    AnswerGenerator loaded = AnswerGenerator.read().load(folder.resolve("stage").toString());
    assertEquals(stage.uid(), loaded.uid());
    assertEquals(stage.extractParamMap().toString(), loaded.extractParamMap().toString());

    PipelineModel fitted = new Pipeline().setStages(new PipelineStage[] {stage}).fit(videos);
    fitted.write().save(folder.resolve("pipeline").toString());
    List<Row> answers = answers(fitted, videos);
    assertEquals(
        answers, answers(PipelineModel.load(folder.resolve("pipeline").toString()), videos));
    assertEquals(2, answers.size());
    assertEquals(List.of("1", "2"), answers.stream().map(row -> row.getString(0)).toList());
    for (Row answer : answers) {
      assertTrue(COLOURS.contains(answer.getString(1)), answer.toString());
    }
  }

  @Test
  void transform_tokensThatAreNotNumbers_isAnErrorAndNoAnswer() {
    int dim = Models.describeLanguage(Models.DEFAULT, new Configuration()).dim();
    float[] values = new float[4 * dim];
    values[dim + 3] = Float.NaN;
    Row visual = RowFactory.create(dim, "f32", TokenFormat.F32.encode(values));
    Dataset<Row> videos =
        LocalSpark.plain()
            .createDataFrame(
                List.of(
                    RowFactory.create(
                        "nan.mp4",
                        visual,
                        List.of(RowFactory.create("1", "What colour is the circle?", COLOURS)))),
                SCHEMA);
    for (String scoring : List.of("generate:tokens=4", "options:form=text")) {
      Row answer =
          new AnswerGenerator()
              .setDevice("cpu")
              .setScoring(scoring)
              .transform(videos)
              .selectExpr("answers[0].response", "answers[0].error")
              .first();
      assertTrue(answer.isNullAt(0), scoring);
      assertTrue(answer.getString(1).contains("logits"), answer.getString(1));
    }
  }

  /** As {@code tokens/} has it: what was kept, then the rows that the model adds. */
  @Test
  void transform_whatACompressionGives_isFedWithTheSeparatorRows() {
    VisionInfo vision = Models.describe(Models.DEFAULT, new Configuration());
    TokenBlock block = RandomBlocks.of(RandomBlocks.Kind.NORMAL, 5, 4, vision.dim(), SEED);
    Dataset<Row> videos =
        LocalSpark.blocks(LocalSpark.plain(), block)
            .selectExpr(
                "tokens",
                "array(named_struct('gold', 'red', 'options', array('red', 'blue'), 'question_id', '1', 'question', 'What colour?')) AS questions");
    int separators = vision.layout().rows().length / vision.dim();
    var compression = new CompressionTransformer().setCompression("dycoke:prune=0.5");
    for (String handling : List.of("error", "keep")) {
      Row answer = firstAnswer(compression.setHandleInvalid(handling).transform(videos));
      int kept = Compressors.of("dycoke:prune=0.5").select(block).size();
      assertEquals(kept + separators, answer.<Integer>getAs("visual_tokens"), handling);
      assertTrue(COLOURS.contains(answer.<String>getAs("response")), answer.toString());
    }
  }

  @Test
  void transform_tokensThatACompressionRefused_answersWithItsReason() {
    int dim = Models.describeLanguage(Models.DEFAULT, new Configuration()).dim();
    TokenBlock block = RandomBlocks.of(RandomBlocks.Kind.NORMAL, 3, 4, dim, SEED);
    Dataset<Row> videos =
        LocalSpark.blocks(LocalSpark.plain(), block)
            .selectExpr(
                "tokens",
                "array(named_struct('question_id', '1', 'question', 'What?', 'options', array('red'))) AS questions");
    var compression =
        new CompressionTransformer().setCompression("dycoke:prune=0.5").setHandleInvalid("keep");
    Row answer = firstAnswer(compression.transform(videos));
    assertEquals("1", answer.getAs("question_id"));
    assertNull(answer.getAs("response"));
    String error = answer.getAs("error");
    assertTrue(error.contains("dycoke as released needs more than 4 frames"), error);
  }

  private static Row firstAnswer(Dataset<Row> compressed) {
    return new AnswerGenerator()
        .setInputCol("compressed")
        .setDevice("cpu")
        .setScoring("options:form=text")
        .transform(compressed)
        .selectExpr("inline(answers)")
        .first();
  }

  @Test
  void transform_tokensOfAnotherModel_failsAndSaysWhatWasExpected() {
    Row visual = RowFactory.create(64, "bf16", new byte[2 * 64 * Short.BYTES]);
    Dataset<Row> videos =
        LocalSpark.plain()
            .createDataFrame(
                List.of(
                    RowFactory.create(
                        "a.mp4", visual, List.of(RowFactory.create("1", "What?", COLOURS)))),
                SCHEMA);
    Exception failure =
        assertThrows(
            Exception.class,
            () -> new AnswerGenerator().setDevice("cpu").transform(videos).collectAsList());
    assertTrue(
        failure.getMessage().contains("whole rows of 128 channels")
            || failure.getCause().getMessage().contains("whole rows of 128 channels"),
        failure.toString());
  }

  /** What a code and its scale make is what is fed. */
  @ParameterizedTest
  @EnumSource(
      value = TokenFormat.class,
      names = {"INT8", "FP8"})
  void transform_tokensWithScales_areAnsweredAsTheFloatsThatTheyMean(TokenFormat format) {
    int dim = Models.describeLanguage(Models.DEFAULT, new Configuration()).dim();
    StoredRows stored = StoredRows.of(format, dim, values(20 * dim));
    StoredRows meant = StoredRows.of(TokenFormat.F32, dim, stored.decode());
    List<Row> videos =
        List.of(
            RowFactory.create("a.mp4", visual(stored, stored.scales()), questions()),
            RowFactory.create("a.mp4", visual(meant, null), questions()));
    StructType schema =
        new StructType()
            .add("video_id", "string")
            .add("visual", StageSchemas.VISUAL)
            .add("questions", StageSchemas.QUESTIONS);
    List<Row> answers =
        new AnswerGenerator()
            .setDevice("cpu")
            .setScoring("options:form=text")
            .transform(LocalSpark.plain().createDataFrame(videos, schema))
            .select("answers.option_logits")
            .collectAsList();
    assertEquals(answers.get(1), answers.get(0), "seed 4");
  }

  private static Row visual(StoredRows rows, byte[] scales) {
    return RowFactory.create(rows.channels(), rows.format().label(), rows.data(), scales);
  }

  /** Id and response of every answer; a video without tokens has none. */
  private static List<Row> answers(PipelineModel model, Dataset<Row> videos) {
    return model
        .transform(videos)
        .selectExpr("explode(answers) AS answer")
        .select("answer.question_id", "answer.response")
        .collectAsList();
  }

  /** A video of random tokens with two questions, and one without tokens. */
  private static Dataset<Row> videos() {
    int dim = Models.describeLanguage(Models.DEFAULT, new Configuration()).dim();
    Row visual = RowFactory.create(dim, "bf16", TokenFormat.BF16.encode(values(20 * dim)));
    List<Row> questions = questions();
    return LocalSpark.plain()
        .createDataFrame(
            List.of(
                RowFactory.create("a.mp4", visual, questions),
                RowFactory.create("b.mp4", null, questions)),
            SCHEMA);
  }

  private static float[] values(int count) {
    Random random = new Random(4);
    float[] values = new float[count];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static List<Row> questions() {
    return List.of(
        RowFactory.create("1", "What colour is the circle?", COLOURS),
        RowFactory.create("2", "What colour is the square?", COLOURS));
  }
}

package io.tokenreel.job;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.eval.ml.AnswerAccuracyEvaluator;
import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Result;
import io.tokenreel.ml.CompressionTransformer;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.stage.AnswerExploder;
import io.tokenreel.stage.AnswerGenerator;
import io.tokenreel.stage.FrameDecoder;
import io.tokenreel.stage.VisionEncoder;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.ml.tuning.TrainValidationSplit;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

/** A sweep through MLlib beside the sweep of the command line. */
class PipelineSweepTest {

  private static final int VIDEOS = 2;
  private static final String SAMPLING = "uniform:frames=16";
  private static final List<String> COMPRESSIONS = List.of("none", "random:retention=0.1");
  private static final List<String> KVS =
      List.of("full", "dycoke:layer=1,prune=0.7,refresh=0.9,mode=paper,reserve=host");

  private final SparkSession spark = LocalSpark.plain();
  private final CompressionTransformer compression =
      new CompressionTransformer().setHandleInvalid(CompressionTransformer.KEEP);
  private final AnswerGenerator answers =
      new AnswerGenerator()
          .setInputCol("compressed")
          .setDevice("cpu")
          .setScoring("options:form=text");
  private final Pipeline tail =
      new Pipeline().setStages(new PipelineStage[] {compression, answers, new AnswerExploder()});
  private final AnswerAccuracyEvaluator accuracy =
      new AnswerAccuracyEvaluator().setParser("words").setLabelForm("option");

  /** What a sweep gives of a setting. */
  private record Measured(double accuracy, double tokenShare) {}

  @TempDir Path folder;

  @Test
  void paramGrid_overAPipelinesTail_givesTheSweepsNumbersAndEncodesOnce() throws Exception {
    Map<Cell, Measured> expected = sweep();
    assertEquals(4, expected.size());
    ParamMap[] grid =
        new ParamGridBuilder()
            .addGrid(compression.compression(), CollectionConverters.asScala(COMPRESSIONS))
            .addGrid(answers.kv(), CollectionConverters.asScala(KVS))
            .build();
    try (TaskCounts counts = new TaskCounts(spark.sparkContext())) {
      Dataset<Row> features = features().persist(StorageLevel.MEMORY_AND_DISK());
      Map<Cell, Measured> measured = measured(tail.fit(features), features, grid);
      assertEquals(expected, measured);
      assertSelectsWhatTheLoopFinds(features, grid, measured);
      assertEquals(VIDEOS, counts.counted("decode videos"));
      assertEquals(VIDEOS, counts.counted("encode videos"));
      features.unpersist();
    }
  }

  private Map<Cell, Measured> measured(
      PipelineModel model, Dataset<Row> features, ParamMap[] grid) {
    Map<Cell, Measured> measured = new HashMap<>();
    double allTokens = Double.NaN;
    for (ParamMap setting : grid) {
      Dataset<Row> answered =
          model
              .transform(features, setting)
              .select("options", "answer", "response", "visual_tokens")
              .persist(StorageLevel.MEMORY_AND_DISK());
      double tokens = answered.agg(avg("visual_tokens")).first().getDouble(0);
      if (cell(setting).isBaseline()) {
        allTokens = tokens;
      }
      measured.put(cell(setting), new Measured(accuracy.evaluate(answered), tokens / allTokens));
      answered.unpersist();
    }
    return measured;
  }

  /** With everything in the validation part, MLlib's own search finds the same numbers. */
  private void assertSelectsWhatTheLoopFinds(
      Dataset<Row> features, ParamMap[] grid, Map<Cell, Measured> measured) {
    var selected =
        new TrainValidationSplit()
            .setEstimator(tail)
            .setEstimatorParamMaps(grid)
            .setEvaluator(accuracy)
            .setTrainRatio(0)
            .fit(features);
    for (int i = 0; i < grid.length; i++) {
      assertEquals(measured.get(cell(grid[i])).accuracy(), selected.validationMetrics()[i]);
    }
    var best = (CompressionTransformer) ((PipelineModel) selected.bestModel()).stages()[0];
    assertEquals("none", best.getCompression());
  }

  private Cell cell(ParamMap setting) {
    return new Cell(
        "",
        SAMPLING,
        setting.get(compression.compression()).get(),
        setting.get(answers.kv()).get());
  }

  /** The pipeline's head: what no setting of the grid changes. */
  private Dataset<Row> features() {
    Pipeline head =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  new FrameDecoder().setSampling(SAMPLING).setModelUrl("default"),
                  new VisionEncoder().setDevice("cpu"),
                  new SQLTransformer()
                      .setStatement("SELECT video_id, questions, tokens FROM __THIS__")
                });
    Path scenes = folder.resolve("generated-%d-5".formatted(VIDEOS));
    Dataset<Row> videos =
        spark
            .read()
            .json(scenes.resolve("questions.jsonl").toString())
            .groupBy("video_id")
            .agg(
                collect_list(
                        struct(col("question_id"), col("question"), col("options"), col("answer")))
                    .as("questions"))
            .withColumn("video_uri", concat(lit(scenes + "/videos/"), col("video_id")));
    return head.fit(videos).transform(videos);
  }

  private Map<Cell, Measured> sweep() throws Exception {
    SweepSettings settings =
        new SweepSettings(
            folder.toString(),
            List.of("default"),
            List.of(SAMPLING),
            COMPRESSIONS,
            KVS,
            List.of("generated:videos=%d,questions=5".formatted(VIDEOS)),
            "chat",
            "bf16",
            "cpu",
            0,
            1000);
    SweepJob job = new SweepJob(spark, settings, Progress::silent);
    Map<Cell, Measured> measured = new HashMap<>();
    for (Result result : job.run(new PrintWriter(Writer.nullWriter()))) {
      if (result.group().isEmpty()) {
        Cell cell = result.cell();
        measured.put(
            new Cell("", cell.sampling(), cell.compression(), cell.kv()),
            new Measured(result.score().mean(), result.cost().tokenShare()));
        assertTrue(result.score().mean() > 0, result.toString());
      }
    }
    return measured;
  }
}

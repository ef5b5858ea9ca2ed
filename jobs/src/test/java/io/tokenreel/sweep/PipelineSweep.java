package io.tokenreel.sweep;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.eval.ml.AnswerAccuracyEvaluator;
import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Result;
import io.tokenreel.ml.CompressionTransformer;
import io.tokenreel.stage.AnswerExploder;
import io.tokenreel.stage.AnswerGenerator;
import io.tokenreel.stage.FrameDecoder;
import io.tokenreel.stage.VisionEncoder;
import io.tokenreel.testing.TaskCounts;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
import scala.jdk.javaapi.CollectionConverters;

/**
 * A sweep by MLlib alone: a Pipeline of the stages, a ParamGridBuilder and an Evaluator, over a
 * folder of rendered scenes.
 */
final class PipelineSweep {

  private static final String SAMPLING = "uniform:frames=16";

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

  private final SparkSession spark;
  private final Path scenes;

  /** What a sweep gives of a setting. */
  record Measured(double accuracy, double tokenShare) {}

  PipelineSweep(SparkSession spark, Path scenes) {
    this.spark = spark;
    this.scenes = scenes;
  }

  /** The same of what the command line's sweep gives, of whole benchmarks. */
  static Map<Cell, Measured> measured(List<Result> whole) {
    return whole.stream()
        .collect(
            Collectors.toMap(
                result -> cell(result.cell().compression(), result.cell().kv()),
                result -> new Measured(result.score().mean(), result.cost().tokenShare())));
  }

  /**
   * Sweeps, and holds that every video is decoded and encoded once, and that MLlib's own search
   * finds the same accuracies.
   *
   * @param compressions {@code none} first, which shares are of
   * @param kvs {@code full} first
   */
  Map<Cell, Measured> measured(List<String> compressions, List<String> kvs)
      throws InterruptedException {
    ParamMap[] grid =
        new ParamGridBuilder()
            .addGrid(compression.compression(), CollectionConverters.asScala(compressions))
            .addGrid(answers.kv(), CollectionConverters.asScala(kvs))
            .build();
    try (TaskCounts counts = new TaskCounts(spark.sparkContext())) {
      Dataset<Row> features = features().persist(StorageLevel.MEMORY_AND_DISK());
      Map<Cell, Measured> measured = measured(tail.fit(features), features, grid);
      assertFound(features, grid, measured);
      assertEquals(features.count(), counts.counted("decode videos"));
      assertEquals(features.count(), counts.counted("encode videos"));
      features.unpersist();
      return measured;
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

  /** With everything in the validation part, a split's metrics are those of the loop. */
  private void assertFound(Dataset<Row> features, ParamMap[] grid, Map<Cell, Measured> measured) {
    double[] found =
        new TrainValidationSplit()
            .setEstimator(tail)
            .setEstimatorParamMaps(grid)
            .setEvaluator(accuracy)
            .setTrainRatio(0)
            .fit(features)
            .validationMetrics();
    for (int i = 0; i < grid.length; i++) {
      assertEquals(measured.get(cell(grid[i])).accuracy(), found[i], grid[i].toString());
    }
  }

  private Cell cell(ParamMap setting) {
    return cell(setting.get(compression.compression()).get(), setting.get(answers.kv()).get());
  }

  private static Cell cell(String compression, String kv) {
    return new Cell("default", SAMPLING, compression, kv);
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
}
